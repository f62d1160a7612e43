/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a program, it records what the program writes to one file, and
 * when it flushes it, so that a test can make every state that a power cut could
 * have left of it (tests/cli/power-cut.t).
 *
 *   PRELOAD_DISK=FILE       the file that stands in for a disk
 *   PRELOAD_DISK_LOG=FILE   records are appended to it: kind, size, offset (64 bits each), then `size` bytes
 *   PRELOAD_DISK_BAD=OFFSET,...  bytes that cannot be read any more: a read with one of them fails
 *   PRELOAD_DISK_BAD_READS=COUNT  only so many of these reads fail
 *   PRELOAD_DISK_FAILS=COUNT  the COUNT-th write fails, when its first half is on the disk
 *   PRELOAD_DISK_SHORT=BYTES  a vectored read gets no more than that
 *   PRELOAD_DISK_CACHED=1     a vectored read past the page cache is refused
 *
 * Kinds: 1 write, 2 flush, 3 the file's new size (in `offset`). A write is recorded
 * when it has returned, a flush when it is called: what is in flight then need not
 * be covered by it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { KIND_WRITE = 1, KIND_FLUSH = 2, KIND_SIZE = 3 };

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static bool is_disk(int fd)
{
	const char *path = getenv("PRELOAD_DISK");
	struct stat disk, this;

	return path && !stat(path, &disk) && !fstat(fd, &this) && disk.st_dev == this.st_dev &&
	       disk.st_ino == this.st_ino;
}

/* One write with O_APPEND: records of two threads do not mix. */
static void record(enum kind kind, const void *data, size_t size, uint64_t offset)
{
	const char *path = getenv("PRELOAD_DISK_LOG");
	int log = path ? REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	uint64_t head[3] = { kind, size, offset };
	struct iovec parts[2] = { { head, sizeof(head) }, { (void *)(uintptr_t)data, size } };

	if (log < 0 || REAL(writev)(log, parts, data ? 2 : 1) != (ssize_t)(sizeof(head) + (data ? size : 0)))
		abort();
	close(log);
}

static void record_write(int fd, const void *data, ssize_t size, uint64_t offset)
{
	if (size <= 0 || !is_disk(fd))
		return;
	record(KIND_WRITE, data, (size_t)size, offset);
	if (fcntl(fd, F_GETFL) & O_DSYNC)
		record(KIND_FLUSH, NULL, 0, 0);
}

static ssize_t write_at(int fd, const void *data, size_t size, off64_t offset)
{
	const char *fails = getenv("PRELOAD_DISK_FAILS");
	static unsigned long count;
	bool failing = fails && is_disk(fd) && ++count == strtoul(fails, NULL, 0);
	ssize_t written = REAL(pwrite64)(fd, data, failing ? size / 2 : size, offset);

	record_write(fd, data, written, (uint64_t)offset);
	errno = failing ? EIO : errno;
	return failing ? -1 : written;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
	return write_at(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	return write_at(fd, data, size, offset);
}

static bool may_fail(void)
{
	static _Atomic int failed;
	const char *count = getenv("PRELOAD_DISK_BAD_READS");

	return !count || failed++ < atoi(count);
}

static bool is_bad(int fd, size_t size, uint64_t offset)
{
	const char *text = getenv("PRELOAD_DISK_BAD");
	bool found = false;

	while (text && *text && !found) {
		char *end;
		uint64_t at = strtoull(text, &end, 0);

		found = at >= offset && at - offset < size;
		text = *end ? end + 1 : end;
	}
	return found && is_disk(fd) && may_fail();
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
	errno = EIO;
	return is_bad(fd, size, (uint64_t)offset) ? -1 : REAL(pread)(fd, data, size, offset);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t offset)
{
	errno = EIO;
	return is_bad(fd, size, (uint64_t)offset) ? -1 : REAL(pread64)(fd, data, size, offset);
}

static ssize_t read_parts(int fd, const struct iovec *parts, int count, off64_t offset)
{
	const char *text = getenv("PRELOAD_DISK_SHORT");
	size_t size = 0, most = text ? strtoul(text, NULL, 0) : SIZE_MAX;

	for (int i = 0; i < count; i++)
		size += parts[i].iov_len;
	errno = is_bad(fd, size, (uint64_t)offset) ? EIO :
	        getenv("PRELOAD_DISK_CACHED") && fcntl(fd, F_GETFL) & O_DIRECT ? EINVAL : 0;
	if (errno)
		return -1;
	if (size > most && is_disk(fd))
		return REAL(pread64)(fd, parts->iov_base, parts->iov_len < most ? parts->iov_len : most, offset);
	return REAL(preadv64)(fd, parts, count, offset);
}

ssize_t preadv(int fd, const struct iovec *parts, int count, off_t offset)
{
	return read_parts(fd, parts, count, offset);
}

ssize_t preadv64(int fd, const struct iovec *parts, int count, off64_t offset)
{
	return read_parts(fd, parts, count, offset);
}

ssize_t write(int fd, const void *data, size_t size)
{
	ssize_t written = REAL(write)(fd, data, size);

	if (written > 0 && is_disk(fd))
		record_write(fd, data, written, (uint64_t)(lseek(fd, 0, SEEK_CUR) - written));
	return written;
}

int fsync(int fd)
{
	if (is_disk(fd))
		record(KIND_FLUSH, NULL, 0, 0);
	return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	if (is_disk(fd))
		record(KIND_FLUSH, NULL, 0, 0);
	return REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size)
{
	if (is_disk(fd))
		record(KIND_SIZE, NULL, 0, (uint64_t)size);
	return REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	if (is_disk(fd))
		record(KIND_SIZE, NULL, 0, (uint64_t)size);
	return REAL(ftruncate64)(fd, size);
}

static void record_open(int fd, int flags)
{
	if (fd >= 0 && flags & O_TRUNC && is_disk(fd))
		record(KIND_SIZE, NULL, 0, 0);
}

/* The mode is there with O_CREAT and O_TMPFILE only; it does no harm to read it always. */
int open(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = REAL(open)(path, flags, va_arg(args, mode_t));
	va_end(args);
	record_open(fd, flags);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = REAL(open64)(path, flags, va_arg(args, mode_t));
	va_end(args);
	record_open(fd, flags);
	return fd;
}

/* A program that maps the disk for writing would go unrecorded: better no test than one that sees nothing. */
void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
	if (fd >= 0 && (protection & PROT_WRITE) && (flags & MAP_SHARED) && is_disk(fd))
		abort();
	return REAL(mmap64)(at, size, protection, flags, fd, offset);
}
