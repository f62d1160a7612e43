/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of page frames: of all memory of two sets, none for the holes, which may be large. */
#include "kexec/place/frame_table.h"

#include "lib/base/sizes.h"
#include "tests/tap.h"

#define TERABYTE (UINT64_C(1) << 40)

static uint64_t frame(uint64_t address)
{
	return address / PAGE_SIZE_BYTES;
}

int main(void)
{
	AUTO_SPAN_SET struct span_set ram = { 0 }, saved = { 0 };
	struct frame_table table;
	uint64_t run = 0;
	uint32_t *number;

	span_set_add(&ram, (struct span){ 0x1000, 0x9fc00 });
	span_set_add(&ram, (struct span){ MIB, 64 * MIB });
	span_set_add(&saved, (struct span){ 32 * MIB, 80 * MIB });
	span_set_add(&saved, (struct span){ TERABYTE, TERABYTE + 2 * MIB });
	frame_table_init(&table, &ram, &saved);
	is_u64(table.count, 0x9f + frame(79 * MIB) + frame(2 * MIB), "a page that is touched counts, and one in both sets once");
	ok(!frame_table_find(&table, 0, &run) && !frame_table_find(&table, frame(MIB) - 1, &run) &&
	   !frame_table_find(&table, frame(TERABYTE + 2 * MIB), &run), "holes have no numbers");
	ok(frame_table_find(&table, 1, &run) == table.numbers && run == 0x9f, "the first page has the first");
	number = frame_table_find(&table, frame(79 * MIB), &run);
	ok(number == table.numbers + 0x9f + frame(78 * MIB) && run == frame(MIB), "numbers are in the order of addresses");
	is_u64(frame_table_next(&table, 0), 1, "the next frame: behind a hole");
	is_u64(frame_table_next(&table, frame(70 * MIB)), frame(70 * MIB), "itself");
	is_u64(frame_table_next(&table, frame(80 * MIB)), frame(TERABYTE), "behind a large hole");
	is_u64(frame_table_next(&table, frame(2 * TERABYTE)), UINT64_MAX, "none");

	uint64_t unused = frame_table_unused_bytes(&table);

	*number = 1;
	is_u64(unused - frame_table_unused_bytes(&table), PAGE_SIZE_BYTES, "a number that is set takes a page");
	frame_table_deinit(&table);
	return tap_done();
}
