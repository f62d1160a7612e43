/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/refused_jump.h"

#include <stdlib.h>
#include <string.h>

#include "include/place_param.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/core/core_file.h"
#include "lib/machine/memmap.h"

static bool is_message(const struct core_file *core, uint64_t address, uint64_t token)
{
	struct place_refused found = { 0 };
	/* Parts of memory are not readable, such as that of the i386 kernel's high memory. */
	struct error *error = core_file_read_phys(core, address, &found, sizeof(found));
	bool is = !error && !memcmp(found.magic, PLACE_REFUSED_MAGIC, sizeof(found.magic)) && found.token == token &&
		  found.token_inverted == ~token;

	error_free(error);
	return is;
}

static bool search(const struct core_file *core, const struct span_set *ram, uint64_t token)
{
	const uint64_t step = PLACE_REFUSED_STEP_BYTES;

	for (size_t i = 0; i < ram->count; i++)
		for (uint64_t at = address_align_up(ram->items[i].start, step); at < ram->items[i].end; at += step)
			if (at && is_message(core, at, token))
				return true;
	return false;
}

bool refused_jump_left(const char *root, uint64_t token)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	AUTO_SPAN_SET struct span_set ram = { 0 };
	AUTO_FREE char *text = NULL;
	struct iomem iomem = { 0 };
	struct error *error = read_small_file(root, "/proc/iomem", &text, NULL);

	if (!error)
		error = iomem_parse(text, &iomem);
	if (!error)
		error = core_file_init(&core, root, "/proc/kcore");
	if (!error)
		memmap_collect(&iomem.map, MEMORY_RAM, &ram);

	bool left = !error && search(&core, &ram, token);

	iomem_deinit(&iomem);
	/* A kernel that does not show its memory has no message. */
	error_free(error);
	return left;
}

struct error *refused_jump_take_back(const char *path, struct khimage_superblock *superblock, bool write,
				     bool *ret_taken_back)
{
	*ret_taken_back = superblock->state == KHIMAGE_USED && superblock->jump_token &&
			  refused_jump_left("/", superblock->jump_token);

	struct error *error = *ret_taken_back && write ? khimage_set_state(path, KHIMAGE_COMMITTED) : NULL;

	if (*ret_taken_back && !error)
		superblock->state = KHIMAGE_COMMITTED;
	return error;
}
