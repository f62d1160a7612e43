/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "lib/base/alloc.h"

static_assert(sizeof(off_t) == 8, "files may be larger than 2 GiB: compile with -D_FILE_OFFSET_BITS=64");

#define SMALL_FILE_MAX_BYTES ((size_t)64 << 20)

static void auto_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTO_CLOSE __attribute__((cleanup(auto_close)))

/* The kind of a file that is not regular, as text. */
static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO (a pipe)";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "something else";
	}
}

/*
 * Opens a regular file. Checks its kind before open, because opening a device
 * may have an effect (start a watchdog, rewind a tape), and again after it, in
 * case the file was replaced in between: hence O_NONBLOCK, with which open does
 * not wait on a FIFO.
 */
static struct error *open_regular(const char *what, const char *path, int *ret_fd, struct stat *ret_status)
{
	AUTO_CLOSE int fd = -1;
	struct stat status = { 0 };

	if (stat(path, &status) < 0)
		return error_errno(errno, "cannot open %s \"%s\"", what, path);
	if (S_ISREG(status.st_mode)) {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
		if (fd < 0 || fstat(fd, &status) < 0)
			return error_errno(errno, "cannot open %s \"%s\"", what, path);
	}
	if (!S_ISREG(status.st_mode))
		return error_new("%s \"%s\" is %s, not a file", what, path, kind_of(status.st_mode));
	*ret_fd = fd;
	*ret_status = status;
	fd = -1;
	return NULL;
}

/* The same for a file that must have a size; those of /proc and /sys have none. */
static struct error *open_content(const char *what, const char *path, int *ret_fd, struct stat *ret_status)
{
	AUTO_CLOSE int fd = -1;
	struct stat status = { 0 };

	struct error *error = open_regular(what, path, &fd, &status);
	if (error)
		return error;
	if (status.st_size == 0)
		return error_new("%s \"%s\" is empty", what, path);
	*ret_fd = fd;
	*ret_status = status;
	fd = -1;
	return NULL;
}

struct error *open_file(const char *what, const char *path, int *ret_fd)
{
	struct stat status;

	return open_content(what, path, ret_fd, &status);
}

/* Smaller holes are not worth a mapping of their own. */
#define LEAST_HOLE_BYTES ((size_t)128 << 10)

/* Each divides one more mapping, and a process has 65530 (vm.max_map_count): the rest is read as it is. */
#define HOLES_MAX 16384

/* Where the file has no blocks: the page cache would get a page of zeros for each page of a hole that is read. */
static void map_holes(uint8_t *data, const struct stat *status, int fd)
{
	const off_t page = 4096;

	if (status->st_blocks * 512 >= status->st_size)
		return;
	for (off_t end = 0, start, holes = 0; end < status->st_size && holes < HOLES_MAX;) {
		start = lseek(fd, end, SEEK_HOLE);
		if (start < 0 || start >= status->st_size)
			return;
		end = lseek(fd, start, SEEK_DATA);
		if (end < 0)
			end = status->st_size;
		start = (start + page - 1) / page * page;
		/* Best effort: what is mapped there has the same content. */
		if (end - start >= (off_t)LEAST_HOLE_BYTES && ++holes)
			(void)mmap(data + start, (size_t)((end - start) / page * page), PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	}
}

struct error *mapped_file_init(struct mapped_file *file, const char *what, const char *path)
{
	AUTO_CLOSE int fd = -1;
	struct stat status = { 0 };

	struct error *error = open_content(what, path, &fd, &status);
	if (error)
		return error;
	if ((uint64_t)status.st_size > PTRDIFF_MAX)
		return error_new("%s \"%s\" has %lld bytes, more than a %zu-bit program can map", what, path,
				 (long long)status.st_size, sizeof(void *) * 8);

	size_t size = (size_t)status.st_size;
	void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return error_errno(errno, "cannot map %s \"%s\" (%zu bytes)", what, path, size);
	map_holes(data, &status, fd);
	/* It will be read from end to end; a hint, so its failure does not matter. */
	madvise(data, size, MADV_WILLNEED);
	file->bytes = (struct bytes){ data, size };
	mapped_file_add_file(file, path, &status);
	return NULL;
}

void mapped_file_add_file(struct mapped_file *file, const char *path, const struct stat *status)
{
	struct opened_file *grown = xcalloc(file->file_count + 1, sizeof(*grown));

	if (file->file_count)
		memcpy(grown, file->files, file->file_count * sizeof(*grown));
	free(file->files);
	file->files = grown;
	file->files[file->file_count++] = (struct opened_file){ xstrdup(path), *status };
}

void mapped_file_deinit(struct mapped_file *file)
{
	if (file->bytes.data)
		munmap((void *)(uintptr_t)file->bytes.data, file->bytes.size);
	for (size_t i = 0; i < file->file_count; i++)
		free(file->files[i].path);
	free(file->files);
	*file = (struct mapped_file){ 0 };
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

struct error *mapped_file_check(const struct mapped_file *file, const char *what)
{
	for (size_t i = 0; i < file->file_count; i++) {
		const struct opened_file *opened = &file->files[i];
		struct stat now;

		if (!stat(opened->path, &now) && is_same_file(&now, &opened->status) &&
		    !is_unchanged(&now, &opened->status))
			return error_new("%s \"%s\" was changed while it was read (it had %lld bytes and has %lld now): "
					 "try again when it is complete",
					 what, opened->path, (long long)opened->status.st_size,
					 (long long)now.st_size);
	}
	return NULL;
}

/* Reads to the end of the file; 0 or an errno value. The caller frees *text in either case. */
static int read_to_end(int fd, char **text, size_t *size)
{
	size_t capacity = 0;

	for (;;) {
		/* So there is always room for the NUL at the end. */
		*text = xgrow(*text, &capacity, *size + 4096, 1);

		ssize_t got = read(fd, *text + *size, capacity - *size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (got == 0)
			break;
		*size += (size_t)got;
		if (*size > SMALL_FILE_MAX_BYTES)
			return EFBIG;
	}
	(*text)[*size] = '\0';
	return 0;
}

struct error *read_small_file(const char *root, const char *path, char **ret_text, size_t *ret_size)
{
	AUTO_FREE char *full_path = path_below(root, path);
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	size_t size = 0;
	struct stat status = { 0 };

	struct error *error = open_regular("file", full_path, &fd, &status);
	if (error)
		return error;

	int failure = read_to_end(fd, &text, &size);

	if (failure)
		return error_errno(failure, "cannot read \"%s\"", full_path);
	if (ret_size)
		*ret_size = size;
	*ret_text = TAKE_PTR(text);
	return NULL;
}

struct error *read_first_line(const char *root, const char *path, char **ret_line)
{
	struct error *error = read_small_file(root, path, ret_line, NULL);

	if (!error)
		(*ret_line)[strcspn(*ret_line, "\n")] = '\0';
	return error;
}

char *first_line_or_null(const char *root, const char *path)
{
	char *line = NULL;

	error_free(read_first_line(root, path, &line));
	return line;
}

bool file_is_of_proc(int fd)
{
	struct statfs system;

	return !fstatfs(fd, &system) && system.f_type == PROC_SUPER_MAGIC;
}

char *path_below(const char *root, const char *path)
{
	size_t length = strlen(root);

	while (length && root[length - 1] == '/')
		length--;
	while (*path == '/')
		path++;
	return xasprintf("%.*s/%s", (int)length, root, path);
}

bool write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, value, strlen(value)) > 0;
	int failure = errno;

	if (fd >= 0)
		close(fd);
	errno = failure;
	return written;
}

bool is_program_file(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode) && !access(path, X_OK);
}
