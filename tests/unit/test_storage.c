/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of a file's blocks a map lists, and whether they are still those of the file. */
#include "lib/disk/storage.h"

#include <stdlib.h>

#include "tests/tap.h"

#define BLOCK UINT64_C(4096)

/* A first piece, and `more` of a block each, with gaps. */
static void add_pieces(struct extents *blocks, uint64_t first_blocks, size_t more)
{
	extents_add(blocks, (struct extent){ 100 * BLOCK, first_blocks * BLOCK });
	for (size_t i = 0; i < more; i++)
		extents_add(blocks, (struct extent){ (10000 + 2 * i) * BLOCK, BLOCK });
}

/* The file had `before` more pieces when its map was made, and has `now`. */
static void begins(uint64_t head_bytes, uint64_t first_before, size_t before, uint64_t first_now, size_t now,
		   bool wanted, const char *name)
{
	AUTO_EXTENTS struct extents old = { 0 }, blocks = { 0 }, map = { 0 };
	uint64_t map_offset;

	add_pieces(&old, first_before, before);
	add_pieces(&blocks, first_now, now);

	struct error *error = storage_lay_out(&old, head_bytes, "it", &map_offset, &map);

	ok(!error && storage_begins_with(&blocks, head_bytes, &map) == wanted, "%s", name);
	error_free(error);
}

int main(void)
{
	begins(0, 512, 0, 512, 0, true, "the same blocks");
	begins(0, 512, 0, 512, 3, true, "a file that has grown in pieces");
	begins(0, 512, 0, 5120, 0, true, "one whose piece has grown");
	begins(0, 512, 3, 512, 5, true, "one of several pieces");
	begins(0, 512, 0, 512, 2000, true, "one in so many pieces that a map of all takes more blocks");
	begins(BLOCK, 512, 0, 512, 2000, true, "behind a swap area's first page, too");
	begins(0, 512, 3, 512, 2, false, "one that has shrunk");
	begins(0, 512, 0, 300, 0, false, "one whose piece has shrunk");
	begins(0, 512, 3, 600, 3, false, "another one that begins there");
	begins(0, 512, 600, 512, 600, true, "a map of several blocks");
	return tap_done();
}
