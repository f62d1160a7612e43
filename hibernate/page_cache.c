/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/page_cache.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/size_text.h"
#include "lib/machine/machine.h"

/* The page cache without directories and inodes: Documentation/admin-guide/sysctl/vm.rst */
#define DROP_PATH "/proc/sys/vm/drop_caches"
#define DROP_PAGE_CACHE "1\n"

static bool drop(const char *root)
{
	AUTO_FREE char *path = path_below(root, DROP_PATH);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, DROP_PAGE_CACHE, sizeof(DROP_PAGE_CACHE) - 1) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

void page_cache_limit(const char *root)
{
	uint64_t free_before, free_now, total;
	struct error *error = machine_free_memory(root, &free_before, &total);

	if (!error && free_before < total / 4) {
		/* Only what is on the disk can be dropped. */
		sync();
		if (drop(root))
			error = machine_free_memory(root, &free_now, &total);
		else
			free_now = free_before;
		if (!error && free_now > free_before) {
			AUTO_FREE char *text = size_text(free_now - free_before);

			printf("khibernate: %s of page cache are dropped, for the next boot to have room for the rest\n", text);
		}
	}
	error_free(error);
}
