/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a file for a snapshot, and changes its size (file_blocks.h). */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/disk/file_blocks.h"
#include "lib/disk/file_kind.h"

#define FAT_FILE_BYTES_MAX UINT32_MAX /* Microsoft, FAT specification, 6: the size has 32 bits */

#define ZEROS_BYTES (1024 * KIB)

static struct error *make_folder(const char *path)
{
	AUTO_FREE char *copy = xstrdup(path);
	const char *folder = dirname(copy);

	if (mkdir(folder, 0700) && errno != EEXIST)
		return error_errno(errno, "cannot make the folder %s", folder);
	return NULL;
}

static struct error *check_room(int fd, const char *path, uint64_t size, const char *remedy)
{
	struct statvfs system;
	uint64_t room = fstatvfs(fd, &system) ? UINT64_MAX : (uint64_t)system.f_bavail * system.f_frsize;
	AUTO_FREE char *has = size_text(room), *takes = size_text(size);

	if (room > size)
		return NULL;
	return error_new("%s would take %s, and its file system has room for %s: %s", path, takes, has, remedy);
}

/* FAT knows no blocks that were never written, and what they had before would be the file's content. */
static struct error *write_zeros(int fd, const char *path, uint64_t from, uint64_t size)
{
	AUTO_FREE uint8_t *zeros = xcalloc(ZEROS_BYTES, 1);

	if (size > FAT_FILE_BYTES_MAX)
		return error_new("%s would be larger than 4 GiB, which FAT cannot have: make a smaller one or name another place",
				 path);
	while (from < size) {
		size_t part = size - from < ZEROS_BYTES ? (size_t)(size - from) : ZEROS_BYTES;
		ssize_t written = TEMP_FAILURE_RETRY(pwrite(fd, zeros, part, (off_t)from));

		if (written <= 0)
			return error_errno(written ? errno : ENOSPC, "cannot write %s", path);
		from += (uint64_t)written;
	}
	return NULL;
}

/* What fallocate(2) cannot make without writing is refused elsewhere: it would take minutes. */
static struct error *give_blocks(enum file_kind kind, int fd, const char *path, uint64_t from, uint64_t size)
{
	if (kind == FILE_KIND_FAT)
		return write_zeros(fd, path, from, size);
	return fallocate(fd, 0, 0, (off_t)size) ? error_errno(errno, "cannot allocate %s", path) : NULL;
}

static struct error *allocate(int fd, const char *path, uint64_t size)
{
	enum file_kind kind;
	struct error *error = file_kind_find(fd, path, &kind);

	if (!error)
		error = file_kind_keep(kind, fd, path);
	if (!error)
		error = check_room(fd, path, size, "make a smaller one there (fallocate -l SIZE FILE) or name another place");
	if (!error)
		error = give_blocks(kind, fd, path, 0, size);
	return error || !fsync(fd) ? error : error_errno(errno, "cannot flush %s", path);
}

struct error *file_blocks_make(const char *path, uint64_t size_bytes)
{
	struct error *error = make_folder(path);
	int fd = error ? -1 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (error)
		return error;
	if (fd < 0)
		return error_errno(errno, "cannot make %s", path);
	error = allocate(fd, path, size_bytes);
	if (error)
		unlink(path);
	close(fd);
	/* Its blocks and its name must be on the disk before anything is written to them. */
	if (!error)
		sync();
	return error;
}

/* Of a file that is open for reading; false if the file system has no such attribute. */
static bool set_immutable(int fd, bool immutable)
{
	int flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return false;
	flags = immutable ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	return !ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

bool file_blocks_protect(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool done = fd >= 0 && set_immutable(fd, true);

	if (fd >= 0)
		close(fd);
	return done;
}

static struct error *resize(int fd, const char *path, uint64_t size)
{
	struct stat status;
	enum file_kind kind;
	uint64_t now = fstat(fd, &status) ? 0 : (uint64_t)status.st_size;
	struct error *error = file_kind_find(fd, path, &kind);

	if (!error && size > now)
		error = check_room(fd, path, size - now, "free as much, or set space=always");
	if (error)
		return error;
	if (size > now)
		error = give_blocks(kind, fd, path, now, size);
	else if (ftruncate(fd, (off_t)size))
		error = error_errno(errno, "cannot give %s another size", path);
	/* What fallocate(2) had allocated before it failed. */
	if (error && ftruncate(fd, (off_t)now))
		error = error_prefix(error, "it is left larger");
	if (!error && fsync(fd))
		error = error_errno(errno, "cannot flush %s", path);
	return error;
}

bool file_blocks_grow_at_once(const char *path)
{
	enum file_kind kind = FILE_KIND_PLAIN;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (fd >= 0) {
		error_free(file_kind_find(fd, path, &kind));
		close(fd);
	}
	return kind != FILE_KIND_FAT;
}

struct error *file_blocks_resize(const char *path, uint64_t size_bytes)
{
	int shared = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool was_protected = shared >= 0 && set_immutable(shared, false);
	int fd = shared < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct error *error = fd < 0 ? error_errno(errno, "cannot open %s for writing", path) : resize(fd, path, size_bytes);

	if (was_protected)
		set_immutable(shared, true);
	if (shared >= 0)
		close(shared);
	if (fd >= 0)
		close(fd);
	/* Its blocks must be its own on the disk, too, before anything is written to them. */
	if (!error)
		sync();
	return error;
}
