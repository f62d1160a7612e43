/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/file_list.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* The error for this path, which must leave the struct as it was. */
static bool refused(const char *path, const char *says)
{
	struct mapped_file file = { 0 };
	struct error *error = mapped_file_init(&file, "kernel image", path);

	return error_contains(error, says) & (file.bytes.data == NULL && file.files == NULL);
}

static void test_mapping(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "kernel", text_bytes("what is in it"));
	AUTO_FREE char *link = xasprintf("%s/link", folder);
	struct mapped_file file = { 0 }, zero = { 0 };

	ok(no_error(mapped_file_init(&file, "kernel image", path)), "a file is mapped");
	ok(file.bytes.size == 13 && memcmp(file.bytes.data, "what is in it", 13) == 0, "with its content");
	is_text(file.files[0].path, path, "and its path");
	mapped_file_deinit(&file);
	ok(!file.bytes.data && !file.files, "deinit leaves an empty struct");
	mapped_file_deinit(&zero);

	ok(symlink("kernel", link) == 0 && no_error(mapped_file_init(&file, "kernel image", link)),
	   "a symbolic link to a file is as good");
	mapped_file_deinit(&file);
}

static bool is_changed(const struct mapped_file *file, const char *says)
{
	struct error *error = mapped_file_check(file, "initrd");

	return says ? error_contains(error, says) : no_error(error);
}

static void test_changes(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "changing", text_bytes("four"));
	AUTO_FREE char *moved = xasprintf("%s/moved", folder);
	struct timespec times[2] = { { .tv_sec = 5 }, { .tv_sec = 5 } };
	AUTO_MAPPED_FILE struct mapped_file file = { 0 }, none = { 0 };

	ok(no_error(mapped_file_init(&file, "initrd", path)) && is_changed(&file, NULL), "a file that nobody changes");
	ok(!truncate(path, 5) && is_changed(&file, "(it had 4 bytes and has 5 now)"), "one that is appended to");
	ok(!truncate(path, 4) && !utimensat(AT_FDCWD, path, times, 0) &&
		   is_changed(&file, "changing\" was changed while it was read"), "one that is written to");
	ok(!rename(path, moved) && is_changed(&file, NULL), "one that is no longer there is still mapped");
	free(write_file(folder, "changing", text_bytes("another")));
	ok(is_changed(&file, NULL), "and so if there is a new one in its place");
	ok(is_changed(&none, NULL), "no file");
}

static void test_refusals(const char *folder)
{
	AUTO_FREE char *none = xasprintf("%s/none", folder);
	AUTO_FREE char *fifo = xasprintf("%s/fifo", folder);
	AUTO_FREE char *empty = write_file(folder, "empty", text_bytes(""));
	AUTO_FREE char *below_file = xasprintf("%s/empty/x", folder);
	AUTO_FREE char *no_such_file = xasprintf("cannot open kernel image \"%s\": No such file or directory", none);
	AUTO_FREE char *is_directory = xasprintf("kernel image \"%s\" is a directory, not a file", folder);

	ok(refused(none, no_such_file), "no file: named, and said so");
	ok(refused(folder, is_directory), "a directory");
	ok(refused(below_file, "Not a directory"), "a file in place of a directory");
	ok(refused(empty, "is empty"), "an empty file");
	ok(refused("/dev/zero", "\"/dev/zero\" is a device, not a file"), "/dev/zero");
	ok(refused("", "No such file"), "an empty path");
	alarm(10);
	ok(mkfifo(fifo, 0600) == 0 && refused(fifo, "is a FIFO (a pipe), not a file"),
	   "a FIFO, without waiting for a writer");
	alarm(0);
}

static void test_socket(const char *folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", folder);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		ok(refused(address.sun_path, "is a socket, not a file"), "a socket");
	close(fd);
}

static void test_permission(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "secret", text_bytes("x"));

	uid_t me = geteuid();

	/* Root may read everything. */
	if (me == 0 && seteuid(65534) < 0)
		return;
	chmod(path, 0);
	ok(refused(path, "Permission denied"), "a file that may not be read");
	if (seteuid(me) < 0)
		exit(2);
}

/* The lowest number that is free tells whether everything was closed. */
static int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static void test_nothing_stays(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "page", text_bytes("a page"));
	AUTO_FREE char *text = NULL;
	struct mapped_file file = { 0 };
	int before = next_fd();

	bool mapped = no_error(mapped_file_init(&file, "initrd", path));
	void *data = (void *)(uintptr_t)file.bytes.data;
	mapped_file_deinit(&file);
	/* A place that is taken is refused, and one that is free is given. */
	void *again = mmap(data, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ok(mapped && again == data, "deinit unmaps");
	munmap(again, 4096);
	ok(no_error(read_small_file(folder, "page", &text, NULL)) && next_fd() == before, "no file stays open");
	ok(refused("/dev/null", "is a device") && next_fd() == before, "nor after a refusal");
}

/* What both ways make of an "a" of 5000 bytes and a "b" of 3: b begins on a page of its own. */
static bool is_a_and_b(struct bytes bytes)
{
	bool right = bytes.size == 8192 + 3 && !memcmp(bytes.data + 8192, "bbb", 3);

	for (size_t i = 0; right && i < 8192; i++)
		right = bytes.data[i] == (i < 5000 ? 'a' : 0);
	return right;
}

static void test_several(const char *folder)
{
	char letters[5000];

	memset(letters, 'a', sizeof(letters));
	AUTO_FREE char *a = write_file(folder, "a", (struct bytes){ (uint8_t *)letters, sizeof(letters) });
	AUTO_FREE char *b = write_file(folder, "b", text_bytes("bbb"));
	AUTO_FREE char *none = xasprintf("%s/none", folder);
	const char *const both[] = { a, b }, *const with_none[] = { a, none };
	struct mapped_file file = { 0 }, untouched = { 0 };
	uint8_t read_back[8192 + 4];
	int before = next_fd(), fd = -1;

	ok(no_error(mapped_files_init(&file, "initrd", both, 2)) && is_a_and_b(file.bytes), "two files are mapped as one");
	mapped_file_deinit(&file);
	ok(no_error(open_files("initrd", both, 2, &fd)), "and opened as one");

	ssize_t size = pread(fd, read_back, sizeof(read_back), 0);

	ok(size >= 0 && is_a_and_b((struct bytes){ read_back, (size_t)size }), "with the same content");
	close(fd);
	ok(no_error(mapped_files_init(&file, "initrd", both + 1, 1)) && file.bytes.size == 3, "one file is that file");
	mapped_file_deinit(&file);
	ok(error_contains(mapped_files_init(&untouched, "initrd", with_none, 2), "none\": No such file") &&
		   !untouched.bytes.data, "one that is not there");
	ok(error_contains(open_files("initrd", with_none, 2, &fd), "none\": No such file"), "for both ways");
	is_u64((uint64_t)next_fd(), (uint64_t)before, "no file stays open");
}

/* Sparse, and larger than 32 bits can say. */
static void test_large_file(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "large", text_bytes("x"));
	struct mapped_file file = { 0 };

	if (truncate(path, ((off_t)5 << 30) + 3) < 0) {
		diag("no file of 5 GiB here");
		return;
	}
	if (sizeof(void *) == 4) {
		ok(refused(path, "has 5368709123 bytes, more than a 32-bit program can map"),
		   "a file that is too large for the address space");
		return;
	}
	ok(no_error(mapped_file_init(&file, "initrd", path)), "a file of 5 GiB is mapped");
	is_u64(file.bytes.size, ((uint64_t)5 << 30) + 3, "with its size");
	mapped_file_deinit(&file);
}

/* Data, a large hole, data that begins and ends within a page, a small hole, a large one up to the end. */
static void test_holes(const char *folder)
{
	static const struct {
		off_t at;
		const char *text;
	} parts[] = { { 0, "one" }, { (1 << 20) + 100, "two" }, { (1 << 20) + 8192, "three" } };
	const size_t size = (3u << 20) + 17;
	AUTO_FREE char *path = write_file(folder, "sparse", text_bytes("one"));
	AUTO_FREE char *expected = xcalloc(size, 1);
	struct mapped_file file = { 0 };
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && !ftruncate(fd, (off_t)size);

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		size_t length = strlen(parts[i].text);

		memcpy(expected + parts[i].at, parts[i].text, length);
		written = written && pwrite(fd, parts[i].text, length, parts[i].at) == (ssize_t)length;
	}
	close(fd);
	ok(written && no_error(mapped_file_init(&file, "initrd", path)) && file.bytes.size == size &&
		   !memcmp(file.bytes.data, expected, size),
	   "a file with holes has its data and zeros");
	mapped_file_deinit(&file);
}

static void test_small_files(const char *folder)
{
	AUTO_FREE char *text = NULL, *odd = NULL, *of_proc = NULL;
	struct random random = { 3 };
	AUTO_BUFFER struct buffer longer = { 0 };
	size_t size = 0;

	free(write_file(folder, "cmdline", (struct bytes){ (const uint8_t *)"a b\0c\n", 6 }));
	ok(no_error(read_small_file(folder, "/cmdline", &text, &size)) && size == 6 && memcmp(text, "a b\0c\n", 7) == 0,
	   "a small file is read whole, with a NUL behind it");
	put_random(&longer, &random, 70001);
	free(write_file(folder, "longer", buffer_bytes(&longer)));
	ok(no_error(read_small_file(folder, "longer", &odd, &size)) && size == 70001 &&
		   memcmp(odd, longer.data, size) == 0 && odd[size] == '\0',
	   "one that is longer than the first guess, too");
	ok(no_error(read_small_file("/", "/proc/self/status", &of_proc, NULL)) && strstr(of_proc, "Name:"),
	   "one of /proc, which says it has no bytes");
}

/* Around the steps in which memory grows. */
static void test_each_size(const char *folder)
{
	struct random random = { 5 };
	AUTO_BUFFER struct buffer content = { 0 };
	bool same = true;

	put_random(&content, &random, 40000);
	for (size_t size = 0; size <= content.size; size += size % 4096 == 2 ? 4092 : 1) {
		AUTO_FREE char *text = NULL;
		size_t got = 1;

		free(write_file(folder, "sized", (struct bytes){ content.data, size }));
		same = same && no_error(read_small_file(folder, "sized", &text, &got)) && got == size &&
		       memcmp(text, content.data, size) == 0 && text[size] == '\0';
	}
	ok(same, "files of each size near a multiple of 4096 are read whole");
}

static void test_small_file_refusals(const char *folder)
{
	AUTO_FREE char *path = write_file(folder, "big", text_bytes("x"));
	char *text = NULL;

	struct error *error = read_small_file(folder, "/proc/iomem", &text, NULL);
	ok(error && error_errno_value(error) == ENOENT, "no file: the errno value is kept");
	ok(error_contains(error, "/proc/iomem\": No such file or directory") && !text, "and put into words");
	ok(error_contains(read_small_file(folder, "/", &text, NULL), "is a directory") && !text, "a directory");
	ok(truncate(path, ((off_t)64 << 20) + 1) == 0 &&
		   error_contains(read_small_file(folder, "big", &text, NULL), "File too large") && !text,
	   "a file that is not small");
}

static void test_paths(void)
{
	static const char *const cases[][3] = {
		{ "/", "/proc/iomem", "/proc/iomem" }, { "", "/proc/iomem", "/proc/iomem" },
		{ "dir", "/proc", "dir/proc" },        { "dir/", "proc", "dir/proc" },
		{ "/a/b//", "//c/d", "/a/b/c/d" },     { "/", "x", "/x" },
		{ "100%s", "/x", "100%s/x" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		AUTO_FREE char *path = path_below(cases[i][0], cases[i][1]);

		is_text(path, cases[i][2], "\"%s\" below \"%s\"", cases[i][1], cases[i][0]);
	}
}

static bool is_of_proc(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && file_is_of_proc(fd);

	close(fd);
	return is;
}

/* A name that only looks like one of /proc, and one that does not. */
static void test_proc(const char *folder)
{
	AUTO_FREE char *link = xasprintf("%s/of-proc", folder);
	AUTO_FREE char *plain = write_file(folder, "plain", text_bytes("x"));

	if (symlink("/proc/self/maps", link))
		exit(2);
	ok(is_of_proc("/proc/self/maps") && is_of_proc(link), "a file of /proc, and a link to it");
	ok(!is_of_proc(plain) && !file_is_of_proc(-1), "another file is none, nor is what is no file");
	unlink(link);
}

static void test_write_value(void)
{
	char *root = make_folder();
	AUTO_FREE char *path = xasprintf("%s/value", root), *line = NULL;

	ok(!write_value(path, "1\n") && errno == ENOENT, "a value is written to no file that is not there");
	put_file_below(root, "/value", "0\n");
	ok(write_value(path, "1\n"), "to one that is");
	line = first_line_or_null(root, "/value");
	is_text(line, "1", "the value is there");
	remove_tree(root);
}

int main(void)
{
	char *folder = make_folder();

	test_mapping(folder);
	test_refusals(folder);
	test_changes(folder);
	test_socket(folder);
	test_permission(folder);
	test_nothing_stays(folder);
	test_several(folder);
	test_holes(folder);
	test_large_file(folder);
	test_small_files(folder);
	test_each_size(folder);
	test_small_file_refusals(folder);
	test_paths();
	test_proc(folder);
	remove_folder(folder);
	test_write_value();
	return tap_done();
}
