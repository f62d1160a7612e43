/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/swap_place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/swap.h>

#include "hibernate/snapshot_file.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/base/text.h"
#include "lib/disk/device_name.h"
#include "lib/disk/device_open.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_swap.h"
#include "lib/machine/machine.h"

#define NOT_ON (-1)

void swap_place_deinit(struct swap_place *place)
{
	free(place->device);
	free(place->path);
	*place = (struct swap_place){ 0 };
}

/* An area in /proc/swaps (mm/swapfile.c, swap_show): path, type, size, used, priority; kibibytes. */
struct area {
	char path[4096];
	uint64_t size, used;
	int priority;
};

/* In a path blanks are octal escapes: setup refuses such a swap file. */
static bool parse_area(const char *line, struct area *area)
{
	return sscanf(line, "%4095s %*s %" SCNu64 " %" SCNu64 " %d", area->path, &area->size, &area->used,
		      &area->priority) == 4;
}

static bool is_same(const char *a, const char *b)
{
	struct stat one, other;

	if (stat(a, &one) || stat(b, &other))
		return false;
	if (S_ISBLK(one.st_mode) || S_ISBLK(other.st_mode))
		return S_ISBLK(one.st_mode) && S_ISBLK(other.st_mode) && one.st_rdev == other.st_rdev;
	return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The area at `path`, if it is on; and how many bytes are free in the others. */
static struct error *find_area(const char *path, struct area *ret_area, bool *ret_on, uint64_t *ret_free_elsewhere)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", "/proc/swaps", &text, NULL);
	const char *cursor = text;
	char *line;

	*ret_on = false;
	*ret_free_elsewhere = 0;
	while (!error && (line = next_line(&cursor))) {
		struct area area;

		if (parse_area(line, &area) && is_same(area.path, path)) {
			*ret_area = area;
			*ret_on = true;
		} else if (parse_area(line, &area)) {
			*ret_free_elsewhere += (area.size - area.used) * KIB;
		}
		free(line);
	}
	return error;
}

/* Whether B and C find it: a partition, or what has known places on one; not zram and the like. */
static bool is_on_disk(const char *path)
{
	AUTO_FREE char *name = NULL;
	struct error *error = NULL;

	if (snapshot_file_is_meant(path))
		return snapshot_file_can_hold(path);
	error = device_name_lasting(path, &name);
	bool good = !error;

	error_free(error);
	return good;
}

char *swap_place_find(uint64_t bytes)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", "/proc/swaps", &text, NULL);
	const char *cursor = text;
	char *line, *found = NULL;
	uint64_t most = bytes / KIB;

	while (!error && (line = next_line(&cursor))) {
		struct area area;

		if (parse_area(line, &area) && area.size >= most && is_on_disk(area.path)) {
			free(found);
			found = xstrdup(area.path);
			most = area.size;
		}
		free(line);
	}
	error_free(error);
	return found;
}

/* swapoff(2) would try, for minutes, and fail. */
static struct error *check_room(const struct area *area, uint64_t free_elsewhere)
{
	uint64_t free_bytes, used = area->used * KIB;
	struct error *error = machine_available_memory("/", &free_bytes);

	if (error || used <= free_bytes + free_elsewhere)
		return error;
	AUTO_FREE char *swapped = size_text(used), *room = size_text(free_bytes), *other = size_text(free_elsewhere);

	return error_new("%s are swapped to %s, and memory has room for %s, other swap for %s: it cannot be swapped off to "
			 "hold a snapshot. End programs, or name another place", swapped, area->path, room, other);
}

static struct error *swap_off(struct swap_place *place)
{
	struct area area;
	uint64_t free_elsewhere;
	bool is_on;
	struct error *error = find_area(place->path, &area, &is_on, &free_elsewhere);

	place->flags = NOT_ON;
	if (error || !is_on)
		return error;
	error = check_room(&area, free_elsewhere);
	if (error)
		return error;
	if (swapoff(place->path))
		return error_errno(errno, "cannot swap off %s", place->path);
	/* The kernel's own priorities are negative; it gives the next of these again. */
	place->flags = area.priority < 0 ? 0 : SWAP_FLAG_PREFER | (area.priority & SWAP_FLAG_PRIO_MASK);
	printf("swap:    %s is off, until this kernel is back\n", place->path);
	return NULL;
}

static struct error *swap_on(const struct swap_place *place)
{
	if (place->flags == NOT_ON)
		return NULL;
	if (swapon(place->path, place->flags))
		return error_errno(errno, "cannot swap on %s again", place->path);
	printf("swap:    %s is on again\n", place->path);
	return NULL;
}

static struct error *hold(const struct swap_place *place, const char *file)
{
	AUTO_EXTENTS struct extents blocks = { 0 };
	AUTO_FREE char *partition = NULL;
	struct extent whole;
	uint64_t offset;

	if (*file)
		return snapshot_file_hold_swap(file, place->device);
	storage_name_split(place->device, &partition, &offset);

	struct error *error = storage_whole_device(partition, &whole);

	if (!error)
		extents_add(&blocks, whole);
	if (!error)
		error = khimage_swap_prepare(place->device, &blocks, false);
	return error ? error : khimage_swap_hold(place->device);
}

struct error *swap_place_both(struct error *error, struct error *more)
{
	struct error *joined;

	if (!error || !more)
		return error ? error : more;
	joined = error_new("%s; %s", error_text(error), error_text(more));
	error_free(error);
	error_free(more);
	return joined;
}

static void name_it(struct swap_place *place, const char *device, const char *file)
{
	uint64_t offset;

	place->device = xstrdup(device);
	if (*file)
		place->path = xstrdup(file);
	else
		storage_name_split(device, &place->path, &offset);
}

struct error *swap_place_take(struct swap_place *place, const char *device, const char *file)
{
	struct khimage_superblock superblock = { 0 };
	enum storage_head head;
	struct error *error = khimage_swap_head(device, &head);

	if (error || (head != STORAGE_HEAD_SWAP && head != STORAGE_HEAD_HELD_SWAP && !snapshot_file_is_hidden_swap(file)))
		return error;
	/* It holds a khimage since a hibernation that was interrupted, and is off. */
	if (head == STORAGE_HEAD_HELD_SWAP)
		error_free(khimage_read_state(device, &superblock, NULL));
	if (superblock.state == KHIMAGE_COMMITTED)
		return NULL;
	name_it(place, device, file);
	if (head == STORAGE_HEAD_HELD_SWAP)
		return NULL;
	error = swap_off(place);
	if (!error)
		error = hold(place, file);
	if (!error)
		return NULL;
	error = swap_place_both(error, swap_on(place));
	swap_place_deinit(place);
	return error;
}

struct error *swap_place_give_back(struct swap_place *place)
{
	struct error *error = place->device ? khimage_swap_release(place->device, NULL) : NULL;

	if (!error && place->device)
		error = swap_on(place);
	swap_place_deinit(place);
	return error;
}

struct error *swap_place_recover(const char *device, const char *file, bool swaps_on, bool *ret_done)
{
	AUTO_SWAP_PLACE struct swap_place place = { .flags = swaps_on ? 0 : NOT_ON };
	bool was_held;
	struct error *error = khimage_swap_release(device, &was_held);

	if (ret_done)
		*ret_done = was_held;
	if (error || !was_held)
		return error;
	name_it(&place, device, file);
	return swap_on(&place);
}
