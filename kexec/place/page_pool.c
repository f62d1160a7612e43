/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/page_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/base/span.h"
#include "lib/base/text.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_FRAME_MASK ((UINT64_C(1) << 55) - 1)

/* The size of one step; available memory is read again between steps. */
#define STEP_BYTES (UINT64_C(32) << 20)

/* Entries of pagemap in one read. */
#define ENTRIES_AT_ONCE 8192

static struct error *read_available(uint64_t *ret_bytes)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", "/proc/meminfo", &text, NULL);
	const char *at = error ? NULL : strstr(text, "\nMemAvailable:");

	if (error)
		return error;
	if (!at)
		return error_new("/proc/meminfo has no MemAvailable");
	*ret_bytes = strtoull(at + strlen("\nMemAvailable:"), NULL, 10) * 1024;
	return NULL;
}

static const char *const move_switches[PAGE_POOL_SWITCHES] = { "/proc/sys/vm/compact_unevictable_allowed",
							       "/proc/sys/kernel/numa_balancing" };

/* Best effort: a kernel without the switch does not move pages for it. */
static void set_switch(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		errno = 0;
	close(fd);
}

/* Best effort: page_pool_check detects moved pages. */
static void keep_pages_in_place(struct page_pool *pool)
{
	madvise(pool->data, pool->reserved_bytes, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < PAGE_POOL_SWITCHES; i++) {
		struct error *error = read_small_file("/", move_switches[i], &pool->switches[i], NULL);

		if (!error)
			set_switch(move_switches[i], "0\n");
		error_free(error);
	}
}

static void restore_switches(struct page_pool *pool)
{
	for (size_t i = 0; i < PAGE_POOL_SWITCHES; i++) {
		if (pool->switches[i])
			set_switch(move_switches[i], pool->switches[i]);
		free(pool->switches[i]);
	}
}

/* Takes one more step, as far as memory allows; *ret_full if no more is available. */
static struct error *take_step(struct page_pool *pool, bool *ret_full)
{
	size_t have = pool->page_count * (size_t)PAGE_SIZE_BYTES, size = pool->reserved_bytes - have;
	uint64_t available;
	struct error *error = read_available(&available);

	if (error)
		return error;
	available = available > PAGE_POOL_SPARE_BYTES ? available - PAGE_POOL_SPARE_BYTES : 0;
	if (size > STEP_BYTES)
		size = (size_t)STEP_BYTES;
	if (size > available)
		size = (size_t)address_align_down(available, PAGE_SIZE_BYTES);
	/* A small rest is not worth another step. */
	*ret_full = size < STEP_BYTES / 8 || mlock(pool->data + have, size) < 0;
	if (!*ret_full)
		pool->page_count += size / (size_t)PAGE_SIZE_BYTES;
	return NULL;
}

static struct error *open_pagemap(int *ret_fd)
{
	*ret_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return NULL;
	if (errno == ENOENT)
		return error_new("this kernel has no /proc/self/pagemap (CONFIG_PROC_PAGE_MONITOR)");
	return error_errno(errno, "cannot open /proc/self/pagemap");
}

/* Entries of `count` pages from page `first` of the pool on. */
static struct error *read_entries(const struct page_pool *pool, int fd, size_t first, uint64_t *entries, size_t count)
{
	uint64_t page = (uintptr_t)pool->data / PAGE_SIZE_BYTES + first;
	ssize_t size = pread(fd, entries, count * sizeof(*entries), (off_t)(page * sizeof(*entries)));

	if (size < 0)
		return error_errno(errno, "cannot read /proc/self/pagemap");
	if ((size_t)size != count * sizeof(*entries))
		return error_new("/proc/self/pagemap ended early");
	return NULL;
}

static struct error *frame_of(uint64_t entry, uint32_t *ret_frame)
{
	uint64_t frame = entry & PAGEMAP_FRAME_MASK;

	if (!(entry & PAGEMAP_PRESENT))
		return error_new("a locked page is not in memory");
	if (!frame)
		return error_new("/proc/self/pagemap contains no physical addresses: CAP_SYS_ADMIN is missing");
	if (frame > UINT32_MAX)
		return error_new("memory at 0x%" PRIx64 " is beyond what can be kept account of", frame << 12);
	*ret_frame = (uint32_t)frame;
	return NULL;
}

/* Calls `act` with each page and its frame. */
static struct error *each_frame(const struct page_pool *pool, struct error *(*act)(const struct page_pool *pool, size_t page,
										    uint32_t frame))
{
	AUTO_FREE uint64_t *entries = xcalloc(ENTRIES_AT_ONCE, sizeof(*entries));
	int fd;
	struct error *error = open_pagemap(&fd);

	if (error)
		return error;
	for (size_t first = 0; !error && first < pool->page_count; first += ENTRIES_AT_ONCE) {
		size_t left = pool->page_count - first, count = left < ENTRIES_AT_ONCE ? left : ENTRIES_AT_ONCE;
		uint32_t frame;

		error = read_entries(pool, fd, first, entries, count);
		for (size_t i = 0; !error && i < count; i++) {
			error = frame_of(entries[i], &frame);
			if (!error)
				error = act(pool, first + i, frame);
		}
	}
	close(fd);
	return error;
}

struct error *page_pool_try(void)
{
	uint8_t page = 1;
	struct page_pool own = { .data = (uint8_t *)address_align_down((uintptr_t)&page, PAGE_SIZE_BYTES) };
	uint64_t entry;
	uint32_t frame;
	int fd;
	struct error *error = open_pagemap(&fd);

	if (error)
		return error;
	error = read_entries(&own, fd, 0, &entry, 1);
	close(fd);
	return error ? error : frame_of(entry, &frame);
}

static struct error *note_frame(const struct page_pool *pool, size_t page, uint32_t frame)
{
	pool->frames[page] = frame;
	return NULL;
}

static struct error *compare_frame(const struct page_pool *pool, size_t page, uint32_t frame)
{
	if (pool->frames[page] == frame)
		return NULL;
	return error_new("the kernel moved a page of this process from 0x%" PRIx64 " to 0x%" PRIx64
			 " although it was locked",
			 (uint64_t)pool->frames[page] << 12, (uint64_t)frame << 12);
}

struct error *page_pool_take(struct page_pool *pool, size_t page_limit)
{
	struct error *error = NULL;
	bool full = false;

	*pool = (struct page_pool){ .reserved_bytes = page_limit * (size_t)PAGE_SIZE_BYTES };
	pool->data = mmap(NULL, pool->reserved_bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->data == MAP_FAILED) {
		pool->data = NULL;
		return error_errno(errno, "cannot reserve %zu MiB of addresses", pool->reserved_bytes >> 20);
	}
	keep_pages_in_place(pool);
	/* Written to before memory is counted, so that it is counted as used. */
	pool->frames = xcalloc(page_limit, sizeof(*pool->frames));
	memset(pool->frames, 0xff, page_limit * sizeof(*pool->frames));
	while (!error && !full && pool->page_count < page_limit)
		error = take_step(pool, &full);
	if (!error && !pool->page_count)
		error = error_new("no memory can be had beside the %" PRIu64 " MiB that this kernel needs itself",
				  PAGE_POOL_SPARE_BYTES >> 20);
	if (!error)
		error = each_frame(pool, note_frame);
	if (error)
		page_pool_release(pool);
	return error;
}

static struct error *ignore_frame(const struct page_pool *pool, size_t page, uint32_t frame)
{
	(void)pool, (void)page, (void)frame;
	return NULL;
}

struct error *page_pool_check_kernel(void)
{
	struct page_pool pool = { .page_count = 1 };
	struct error *error;

	pool.data = mmap(NULL, (size_t)PAGE_SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pool.data == MAP_FAILED)
		return error_errno(errno, "cannot map a page");
	pool.data[0] = 1;
	error = each_frame(&pool, ignore_frame);
	munmap(pool.data, (size_t)PAGE_SIZE_BYTES);
	return error;
}

struct error *page_pool_map(struct page_pool *pool, int fd, size_t page_count)
{
	struct error *error;

	if (page_count > SIZE_MAX / 2 / PAGE_SIZE_BYTES)
		return error_new("%zu MiB are too many for this 32-bit program", page_count / (size_t)(MIB / PAGE_SIZE_BYTES));
	*pool = (struct page_pool){ .page_count = page_count, .reserved_bytes = page_count * (size_t)PAGE_SIZE_BYTES };
	pool->data = mmap(NULL, pool->reserved_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (pool->data == MAP_FAILED) {
		pool->data = NULL;
		return error_errno(errno, "cannot map %zu MiB", pool->reserved_bytes >> 20);
	}
	/* Populating is best effort. */
	for (size_t page = 0; page < page_count; page++)
		*(volatile uint8_t *)(pool->data + page * (size_t)PAGE_SIZE_BYTES);
	pool->frames = xcalloc(page_count, sizeof(*pool->frames));
	error = each_frame(pool, note_frame);
	if (error)
		page_pool_release(pool);
	return error;
}

void page_pool_release(struct page_pool *pool)
{
	if (pool->data)
		munmap(pool->data, pool->reserved_bytes);
	restore_switches(pool);
	free(pool->frames);
	*pool = (struct page_pool){ 0 };
}

struct error *page_pool_check(const struct page_pool *pool)
{
	return each_frame(pool, compare_frame);
}
