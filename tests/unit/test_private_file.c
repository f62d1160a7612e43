/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files may hold the memory of a machine: those that no other user reads, writes or replaces. */
#include "lib/disk/private_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* The folder that stands for "/", and the file in it. */
struct place {
	char *root, *folder, *file, *other;
};

static struct place place_init(void)
{
	struct place place = { .root = make_folder() };

	place.folder = xasprintf("%s/folder", place.root);
	place.file = xasprintf("%s/image", place.folder);
	place.other = xasprintf("%s/other", place.root);
	if (mkdir(place.folder, 0700))
		abort();
	close(open(place.file, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	chmod(place.folder, 0700);
	return place;
}

static void place_deinit(struct place *place)
{
	unlink(place->file);
	unlink(place->other);
	rmdir(place->folder);
	rmdir(place->root);
	free(place->root);
	free(place->folder);
	free(place->file);
	free(place->other);
}

static void is_refused(struct error *error, const char *pattern, const char *name)
{
	ok(error && strstr(error_text(error), pattern), "%s", name);
	if (error)
		diag("%s", error_text(error));
	error_free(error);
}

static void is_fine(struct error *error, const char *name)
{
	ok(!error, "%s", name);
	if (error)
		diag("%s", error_text(error));
	error_free(error);
}

static void test_rights(const struct place *place)
{
	struct stat status = { 0 };

	is_fine(private_file_check(place->root, "/folder/image", getuid()), "a file that only its owner can read");
	chmod(place->file, 0640);
	is_refused(private_file_check(place->root, "/folder/image", getuid()), "has the rights 640", "a group can read it");
	chmod(place->file, 0602);
	is_refused(private_file_check(place->root, "/folder/image", getuid()), "has the rights 602", "others can write it");
	is_fine(private_file_make(place->root, "/folder/image", getuid()), "the rights can be taken away");
	ok(!stat(place->file, &status) && (status.st_mode & 0777) == 0600, "they are");
	chmod(place->file, 0644);
	is_fine(private_file_check_but_rights(place->root, "/folder/image", getuid()), "rights may be left out");
	chmod(place->file, 0600);
	is_refused(private_file_check(place->root, "/folder/image", getuid() + 1), "can read and change",
		   "another user's file");
	is_refused(private_file_make(place->root, "/folder/image", getuid() + 1), "chown root", "it stays another user's");
}

static void test_names(const struct place *place)
{
	if (link(place->file, place->other))
		abort();
	is_refused(private_file_check(place->root, "/folder/image", getuid()), "has 2 names", "a hard link");
	unlink(place->other);
	if (symlink(place->file, place->other))
		abort();
	is_refused(private_file_check(place->root, "/other", getuid()), "is no file", "a symbolic link");
	unlink(place->other);
	if (symlink(place->folder, place->other))
		abort();
	is_fine(private_file_check(place->root, "/other/image", getuid()), "a folder by a symbolic link");
	chmod(place->folder, 0770);
	is_refused(private_file_check(place->root, "/other/image", getuid()), "is not root's alone to write",
		   "the folder behind it is checked");
	chmod(place->folder, 0700);
}

static void test_folders(const struct place *place)
{
	chmod(place->folder, 01777);
	is_refused(private_file_check(place->root, "/folder/image", getuid()), "/folder is not root's", "a sticky folder");
	is_refused(private_file_make(place->root, "/folder/image", getuid()), "/var/lib", "nor are rights changed there");
	chmod(place->folder, 0755);
	is_fine(private_file_check(place->root, "/folder/image", getuid()), "a folder that others read");
	chmod(place->root, 0777);
	is_refused(private_file_check(place->root, "/folder/image", getuid()), "is not root's", "a folder above it");
	chmod(place->root, 0700);
}

int main(void)
{
	struct place place = place_init();

	test_rights(&place);
	test_names(&place);
	test_folders(&place);
	place_deinit(&place);
	return tap_done();
}
