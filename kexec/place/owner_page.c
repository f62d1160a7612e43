/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/owner_page.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/span.h"
#include "lib/base/unique.h"

/* Behind the mutex: no other page has it, so that of an earlier process is no match. */
struct content {
	pthread_mutex_t mutex;
	uint64_t number;
};
_Static_assert(sizeof(struct content) <= PAGE_SIZE_BYTES, "in one page");

static bool lock(struct content *content)
{
	pthread_mutexattr_t attributes;
	bool locked;

	if (pthread_mutexattr_init(&attributes))
		return false;
	locked = !pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) &&
		 !pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) &&
		 !pthread_mutex_init(&content->mutex, &attributes) && !pthread_mutex_lock(&content->mutex);
	pthread_mutexattr_destroy(&attributes);
	content->number = unique_number();
	return locked;
}

void owner_page_take(struct owner_page *owner)
{
	int fd = memfd_create("owner", MFD_CLOEXEC);
	struct error *error;

	*owner = (struct owner_page){ 0 };
	if (fd < 0)
		return;
	if (!ftruncate(fd, PAGE_SIZE_BYTES)) {
		error = page_pool_map(&owner->page, fd, 1);
		/* If it moves, or is swapped out, the program refuses. */
		bool is_locked = !error && !mlock(owner->page.data, PAGE_SIZE_BYTES) &&
				 lock((struct content *)owner->page.data);

		/* It may have moved until it was locked. */
		if (is_locked)
			error = page_pool_check(&owner->page);
		if (!is_locked || error)
			page_pool_release(&owner->page);
		error_free(error);
	}
	close(fd);
}

void owner_page_release(struct owner_page *owner)
{
	if (!owner->page.page_count)
		return;
	pthread_mutex_unlock(&((struct content *)owner->page.data)->mutex);
	page_pool_release(&owner->page);
}

uint64_t owner_page_address(const struct owner_page *owner)
{
	return owner->page.page_count ? (uint64_t)owner->page.frames[0] * PAGE_SIZE_BYTES : 0;
}
