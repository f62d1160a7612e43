/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/placing_room.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/machine/machine.h"

/* The page cache without directories and inodes: Documentation/admin-guide/sysctl/vm.rst */
#define DROP_PATH "/proc/sys/vm/drop_caches"
#define DROP_PAGE_CACHE "1\n"

/* Of the saving kernel: this kernel's pages that keep its window's content are in the snapshot, too. */
#define WINDOW_BYTES (128 * MIB)

/* A distribution's kernel and its initramfs, and what page_pool.h leaves to them. */
#define BOOT_BYTES (192 * MIB)

static bool drop(const char *root)
{
	AUTO_FREE char *path = path_below(root, DROP_PATH);

	return write_value(path, DROP_PAGE_CACHE);
}

/* Updates *free_bytes. */
static struct error *drop_page_cache(const char *root, uint64_t *free_bytes)
{
	uint64_t before = *free_bytes, total;

	/* Only what is on the disk can be dropped. */
	sync();
	struct error *error = drop(root) ? machine_free_memory(root, free_bytes, &total) : NULL;

	if (!error && *free_bytes > before) {
		AUTO_FREE char *text = size_text(*free_bytes - before);

		printf("khibernate: %s of page cache are dropped, for the next boot to have room for the rest\n", text);
	}
	return error;
}

struct error *placing_room_make(const char *root, bool has_fallback)
{
	uint64_t free_bytes, total;
	struct error *error = machine_free_memory(root, &free_bytes, &total);

	if (!error && free_bytes < total / 4 + WINDOW_BYTES)
		error = drop_page_cache(root, &free_bytes);
	if (error || has_fallback || free_bytes >= WINDOW_BYTES + BOOT_BYTES) {
		error_free(error);
		return NULL;
	}
	AUTO_FREE char *there = size_text(free_bytes);
	AUTO_FREE char *needed = size_text(WINDOW_BYTES + BOOT_BYTES);

	return error_new("%s of memory are free, and less than %s most likely leaves the next boot no room to restore "
			 "this kernel: end programs, or configure fallback=window and make the system's initramfs anew; --force, to try it",
			 there, needed);
}
