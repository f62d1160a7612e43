/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/page_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kexec/place/frame_table.h"
#include "kexec/place/page_spare.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/parallel.h"
#include "lib/base/sizes.h"
#include "lib/base/span.h"
#include "lib/base/text.h"
#include "lib/machine/memory_cgroup.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_FRAME_MASK ((UINT64_C(1) << 55) - 1)

/* What one thread locks at a time. */
#define PART_BYTES (UINT64_C(32) << 20)

/* A smaller rest is not worth another step. */
#define REST_BYTES (PART_BYTES / 8)

/* More threads would only wait for memory. */
#define THREADS_MAX 8

/* Entries of pagemap in one read. */
#define ENTRIES_AT_ONCE 16384

/* The kernel's memory that may be taken, and the part of that for which it need not give anything up. */
struct room {
	uint64_t available, free;
};

static uint64_t meminfo_bytes(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

static struct error *read_room(uint64_t spare_bytes, struct room *ret_room)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", "/proc/meminfo", &text, NULL);
	uint64_t available, cgroup_bytes = memory_cgroup_room("/");

	if (error)
		return error;
	if (!strstr(text, "\nMemAvailable:"))
		return error_new("/proc/meminfo has no MemAvailable");
	available = meminfo_bytes(text, "\nMemAvailable:");
	if (available > cgroup_bytes)
		available = cgroup_bytes;
	ret_room->available = available > spare_bytes ? available - spare_bytes : 0;
	ret_room->free = meminfo_bytes(text, "MemFree:");
	return NULL;
}

/*
 * Each processor counts pages for itself, up to a threshold: on many of them the sum is wrong by much. Best effort:
 * page_spare.h has the threshold, too.
 */
static void refresh_counters(void)
{
	write_value("/proc/sys/vm/stat_refresh", "1\n");
}

struct step {
	uint8_t *start;
	size_t size;
	uint64_t spare_bytes;
};

/*
 * The next step: half of what is available, because page tables grow and others take memory meanwhile, until half of it
 * is a part; and no more than is wanted.
 */
static struct step next_step(const struct page_pool *pool, const struct room *room, size_t wanted_bytes)
{
	size_t have = pool->page_count * (size_t)PAGE_SIZE_BYTES;
	uint64_t size = room->available;

	if (size > PART_BYTES)
		size = size / 2 > PART_BYTES ? size / 2 : PART_BYTES;
	if (size > wanted_bytes - have)
		size = wanted_bytes - have;
	return (struct step){ pool->data + have, (size_t)address_align_down(size, PAGE_SIZE_BYTES), pool->spare_bytes };
}

static struct error *lock_part(void *context, size_t worker, size_t index)
{
	const struct step *step = context;
	size_t at = index * (size_t)PART_BYTES, left = step->size - at;
	size_t size = left < PART_BYTES ? left : (size_t)PART_BYTES;
	struct room room;
	struct error *error = read_room(step->spare_bytes, &room);

	(void)worker;
	if (!error && room.available < size)
		error = error_new("others have taken the memory");
	if (!error && mlock(step->start + at, size))
		error = error_errno(errno, "cannot lock memory");
	return error;
}

/*
 * Takes all of it, or nothing. Huge pages take a fraction of the time, but the kernel would look for them long where
 * memory is not free. It makes none of small pages that are there: that would move them.
 */
static bool take_step(const struct step *step, const struct room *room)
{
	size_t count = (step->size + (size_t)PART_BYTES - 1) / (size_t)PART_BYTES;
	bool is_free = room->free / 2 >= step->size;

	madvise(step->start, step->size, is_free ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);

	struct error *error = parallel_each(count, parallel_threads(THREADS_MAX), lock_part, (void *)step);

	madvise(step->start, step->size, MADV_NOHUGEPAGE);
	if (!error)
		return true;
	error_free(error);
	munlock(step->start, step->size);
	madvise(step->start, step->size, MADV_DONTNEED);
	return false;
}

/* Takes what is available, up to what is wanted. */
static struct error *take_steps(struct page_pool *pool, size_t wanted_bytes)
{
	uint64_t most = UINT64_MAX;

	while (pool->page_count * (size_t)PAGE_SIZE_BYTES < wanted_bytes) {
		struct room room;

		refresh_counters();

		struct error *error = read_room(pool->spare_bytes, &room);

		if (error)
			return error;

		struct step step = next_step(pool, &room, wanted_bytes);
		bool is_last = pool->page_count * (size_t)PAGE_SIZE_BYTES + step.size == wanted_bytes;

		if (step.size > most)
			step.size = (size_t)most;
		if (!step.size || (step.size < REST_BYTES && !is_last))
			return NULL;
		if (take_step(&step, &room))
			pool->page_count += step.size / (size_t)PAGE_SIZE_BYTES;
		else
			most = address_align_down(step.size / 2, PAGE_SIZE_BYTES);
	}
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

/* Calls `act` with each page from `first` on, and its frame. */
static struct error *each_frame(const struct page_pool *pool, size_t first,
				struct error *(*act)(const struct page_pool *pool, size_t page, uint32_t frame))
{
	AUTO_FREE uint64_t *entries = xcalloc(ENTRIES_AT_ONCE, sizeof(*entries));
	int fd;
	struct error *error = open_pagemap(&fd);

	if (error)
		return error;
	for (; !error && first < pool->page_count; first += ENTRIES_AT_ONCE) {
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
	struct page_pool own = { .data = (uint8_t *)(uintptr_t)address_align_down((uintptr_t)&page, PAGE_SIZE_BYTES) };
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

/* A process of 32 bits has 3 GiB of addresses, and needs some for itself. */
#define RESERVED_MAX (sizeof(void *) == 4 ? UINT64_C(2560) << 20 : UINT64_MAX)

static struct error *reserve(struct page_pool *pool, size_t page_limit)
{
	uint64_t size = page_limit * PAGE_SIZE_BYTES;

	pool->reserved_bytes = (size_t)(size < RESERVED_MAX ? size : RESERVED_MAX);
	pool->data = mmap(NULL, pool->reserved_bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->data != MAP_FAILED)
		return NULL;
	pool->data = NULL;
	return error_errno(errno, "cannot reserve %zu MiB of addresses", pool->reserved_bytes >> 20);
}

struct error *page_pool_init(struct page_pool *pool, size_t page_limit, bool keeps_still)
{
	*pool = (struct page_pool){ 0 };
	if (keeps_still) {
		page_switches_read(&pool->switches);
		page_switches_turn_off(&pool->switches);
	}

	struct error *error = reserve(pool, page_limit);
	size_t limit = pool->reserved_bytes / (size_t)PAGE_SIZE_BYTES;

	if (error)
		return error;
	pool->frames = sparse_numbers(limit);
	/* Of the table only what is used takes memory, and that may be all of it. */
	pool->spare_bytes = page_spare_bytes("/") + limit * sizeof(*pool->frames);
	return NULL;
}

struct error *page_pool_grow(struct page_pool *pool, size_t page_count)
{
	size_t before = pool->page_count, limit = pool->reserved_bytes / (size_t)PAGE_SIZE_BYTES;
	struct error *error = take_steps(pool, (page_count < limit ? page_count : limit) * (size_t)PAGE_SIZE_BYTES);

	if (!error && !pool->page_count)
		error = error_new("no memory can be had beside the %" PRIu64 " MiB that this kernel needs itself%s",
				  pool->spare_bytes >> 20, memory_cgroup_text("/"));
	return error ? error : each_frame(pool, before, note_frame);
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
	error = each_frame(pool, 0, note_frame);
	if (error)
		page_pool_release(pool);
	return error;
}

void page_pool_release(struct page_pool *pool)
{
	if (pool->data)
		munmap(pool->data, pool->reserved_bytes);
	page_switches_restore(&pool->switches);
	page_switches_deinit(&pool->switches);
	free(pool->frames);
	*pool = (struct page_pool){ 0 };
}

struct error *page_pool_check(const struct page_pool *pool)
{
	return each_frame(pool, 0, compare_frame);
}
