/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a program, it makes a slow disk of one file: writes to it take
 * their time, one after the other.
 *
 *   PRELOAD_SLOW=FILE
 *   PRELOAD_SLOW_RATE=BYTES   a second
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static bool is_slow(int fd)
{
	const char *path = getenv("PRELOAD_SLOW");
	struct stat disk, this;

	return path && !stat(path, &disk) && !fstat(fd, &this) && disk.st_dev == this.st_dev &&
	       disk.st_ino == this.st_ino;
}

static void take_time(size_t size)
{
	static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
	const char *rate = getenv("PRELOAD_SLOW_RATE");
	double seconds = (double)size / (rate ? strtod(rate, NULL) : 1e6);
	struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

	pthread_mutex_lock(&disk);
	nanosleep(&time, NULL);
	pthread_mutex_unlock(&disk);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
	if (is_slow(fd))
		take_time(size);
	return REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	if (is_slow(fd))
		take_time(size);
	return REAL(pwrite64)(fd, data, size, offset);
}
