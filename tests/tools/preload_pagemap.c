/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a program that takes memory to place a snapshot in (kexec/place/page_pool.h), it describes which
 * physical pages the program gets. The machine has blocks of 512 pages from address 0 on; the kernel uses the
 * first block, in which not all is memory, and the first 16 pages of each other; the program gets the rest, the
 * highest block first. /proc/meminfo shows what is left, without the huge pages of 2 MiB that the machine's nr_hugepages
 * keeps.
 *
 *   PRELOAD_PAGEMAP_BLOCKS=COUNT  so many blocks
 *   PRELOAD_PAGEMAP_MEMORY=FILE   when the memory is given back, its content is written to this file, at its
 *                                 physical addresses
 *   PRELOAD_PAGEMAP_CMA=1         the machine has a CMA area
 *   PRELOAD_PAGEMAP_MOVED=COUNT   from the COUNT-th time on that it is asked for, the pool's first page lies where another
 *                                 one was
 *
 * The pool is the only memory that is mapped with MAP_NORESERVE.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kexec/place/page_spare.h"

#define PAGE_BYTES 4096u
#define BLOCK_PAGES 512u
#define KERNEL_PAGES 16u
#define PROGRAM_PAGES (BLOCK_PAGES - KERNEL_PAGES)

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT (UINT64_C(1) << 63)

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

/* One process has one pool. */
static uint8_t *pool;
static size_t pool_bytes;
static atomic_size_t locked_bytes;

/* Its page with a mutex (kexec/place/owner_page.h). */
static void *owner;

static uint64_t block_count;

__attribute__((constructor)) static void read_block_count(void)
{
	const char *text = getenv("PRELOAD_PAGEMAP_BLOCKS");

	block_count = text ? strtoull(text, NULL, 0) : 0;
}

static uint64_t frame_of(uint64_t page)
{
	uint64_t block = block_count - 1 - page / PROGRAM_PAGES;

	return block * BLOCK_PAGES + KERNEL_PAGES + page % PROGRAM_PAGES;
}

static void *noted(void *map, size_t size, int flags)
{
	if (map != MAP_FAILED && flags & MAP_NORESERVE) {
		pool = map;
		pool_bytes = size;
	}
	if (map != MAP_FAILED && size == PAGE_BYTES && flags & MAP_SHARED)
		owner = map;
	return map;
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	return noted(REAL(mmap)(at, size, protection, flags, fd, offset), size, flags);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
	return noted(REAL(mmap64)(at, size, protection, flags, fd, offset), size, flags);
}

static uint64_t kept_bytes(void)
{
	char text[32] = { 0 };
	int fd = REAL(open)("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	if (fd >= 0)
		close(fd);
	return strtoull(text, NULL, 10) << 21;
}

/* What is left to the kernel. */
static uint64_t spare_bytes(void)
{
	cpu_set_t cpus;
	size_t count = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : (size_t)CPU_COUNT(&cpus);

	return page_spare_sum(block_count << 21, count < 8 ? count : 8, 0);
}

/* Beside what can be locked there is page_spare_bytes of it, as the machine has no /proc/zoneinfo. */
static int described_memory(void)
{
	uint64_t left = (block_count - 1) * PROGRAM_PAGES * PAGE_BYTES - atomic_load(&locked_bytes), kept = kept_bytes();
	int fd = memfd_create("meminfo", MFD_CLOEXEC);

	left = left > kept ? left - kept : 0;
	if (fd >= 0) {
		dprintf(fd, "MemTotal: %llu kB\nMemAvailable: %llu kB\nCmaTotal: %d kB\n",
			(unsigned long long)block_count * 2048, (unsigned long long)(left + spare_bytes()) / 1024,
			getenv("PRELOAD_PAGEMAP_CMA") ? 16384 : 0);
		lseek(fd, 0, SEEK_SET);
	}
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = strcmp(path, "/proc/meminfo") ? REAL(open)(path, flags, va_arg(args, mode_t)) : described_memory();
	va_end(args);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = strcmp(path, "/proc/meminfo") ? REAL(open64)(path, flags, va_arg(args, mode_t)) : described_memory();
	va_end(args);
	return fd;
}

/* Not only root may run tests, and only root may lock much; described memory need not be locked. */
int mlock(const void *at, size_t size)
{
	size_t start = (size_t)((const uint8_t *)at - pool);
	int result;

	if (!pool || start >= pool_bytes)
		return REAL(mlock)(at, size);
	if (start + size > (block_count - 1) * PROGRAM_PAGES * PAGE_BYTES) {
		errno = ENOMEM;
		return -1;
	}
	result = REAL(mlock)(at, size);
	if (result < 0)
		memset((void *)(uintptr_t)at, 0, size);
	atomic_fetch_add(&locked_bytes, size);
	return 0;
}

static bool is_pagemap(int fd)
{
	char link[32], path[4096] = { 0 };

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, path, sizeof(path) - 1) > 0 && strstr(path, "/pagemap");
}

/* Pages outside of the pool are anywhere, which is here. */
#define FRAME_OF_OTHERS 1


static ssize_t described(void *data, size_t size, uint64_t offset)
{
	static unsigned int reads;
	const char *moved = getenv("PRELOAD_PAGEMAP_MOVED");
	uint64_t first = offset / sizeof(uint64_t) - (uintptr_t)pool / PAGE_BYTES;
	uint64_t *entries = data;

	for (size_t i = 0; i < size / sizeof(*entries); i++)
		entries[i] = PRESENT | (pool && first + i < pool_bytes / PAGE_BYTES ? frame_of(first + i) : FRAME_OF_OTHERS);
	reads += pool && !first;
	if (moved && pool && !first && reads >= strtoul(moved, NULL, 0))
		entries[0] = PRESENT | frame_of(first + 1);
	return (ssize_t)size;
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
	return is_pagemap(fd) ? described(data, size, (uint64_t)offset) : REAL(pread)(fd, data, size, offset);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t offset)
{
	return is_pagemap(fd) ? described(data, size, (uint64_t)offset) : REAL(pread64)(fd, data, size, offset);
}

static void write_memory(void)
{
	const char *path = getenv("PRELOAD_PAGEMAP_MEMORY");
	int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	uint64_t page_count = (block_count - 1) * PROGRAM_PAGES;

	for (uint64_t page = 0; fd >= 0 && page < page_count && (page + 1) * PAGE_BYTES <= pool_bytes; page++) {
		const void *data = pool + page * PAGE_BYTES;

		if (pwrite(fd, data, PAGE_BYTES, (off_t)(frame_of(page) * PAGE_BYTES)) != PAGE_BYTES)
			abort();
	}
	if (fd >= 0)
		close(fd);
}

/* The program would be left with the mutex locked: that is what the memory keeps. */
int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	static int (*next)(pthread_mutex_t *);
	const char *path = getenv("PRELOAD_PAGEMAP_MEMORY");
	int fd = mutex == owner && path ? open(path, O_WRONLY | O_CLOEXEC) : -1;

	if (fd >= 0 && pwrite(fd, owner, PAGE_BYTES, FRAME_OF_OTHERS * PAGE_BYTES) != PAGE_BYTES)
		abort();
	if (fd >= 0)
		close(fd);
	if (!next)
		next = REAL(pthread_mutex_unlock);
	return next(mutex);
}

int munmap(void *at, size_t size)
{
	if (pool && at == pool) {
		write_memory();
		pool = NULL;
	}
	return REAL(munmap)(at, size);
}
