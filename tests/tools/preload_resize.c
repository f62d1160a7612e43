/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded, it makes a file longer or shorter while the program reads it:
 * once it has been mapped, or something of it been read, for the first time.
 *
 *   PRELOAD_RESIZE=FILE      which
 *   PRELOAD_RESIZE_TO=BYTES  to how many bytes
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_the_file(int fd, const char *path)
{
	struct stat64 one, other;

	return path && fd >= 0 && !fstat64(fd, &one) && !stat64(path, &other) && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

static void resize(int fd)
{
	static int done;
	const char *path = getenv("PRELOAD_RESIZE"), *size = getenv("PRELOAD_RESIZE_TO");

	if (done || !size || !is_the_file(fd, path))
		return;
	done = 1;
	if (truncate64(path, atoll(size)))
		_exit(126);
}

/* With 64-bit offsets, as the programs are compiled on 32 bits, too. */
void *mmap64(void *address, size_t size, int protection, int flags, int fd, off64_t offset)
{
	void *data = NEXT(mmap64)(address, size, protection, flags, fd, offset);

	resize(fd);
	return data;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	void *data = NEXT(mmap)(address, size, protection, flags, fd, offset);

	resize(fd);
	return data;
}

ssize_t pread64(int fd, void *to, size_t size, off64_t offset)
{
	ssize_t got = NEXT(pread64)(fd, to, size, offset);

	resize(fd);
	return got;
}

ssize_t pread(int fd, void *to, size_t size, off_t offset)
{
	ssize_t got = NEXT(pread)(fd, to, size, offset);

	resize(fd);
	return got;
}
