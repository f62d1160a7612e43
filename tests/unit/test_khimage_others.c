/* SPDX-License-Identifier: GPL-2.0-only */
/* Which khimages on other disks make a snapshot old, and which have nothing to do with it. */
#include "lib/khimage/khimage_others.h"

#include <string.h>

#include "tests/tap.h"

/* The snapshot that is to be restored: number 7 of boot "A". */
static enum khimage_relation to_snapshot(const char *boot, uint32_t state, uint64_t generation, uint64_t image_id)
{
	const struct khimage_identity snapshot = { .boot_id = "A", .generation = 7, .image_id = 100 };
	struct khimage_superblock other = { .state = state, .generation = generation, .image_id = image_id };
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES] = { 0 };

	memcpy(boot_id, boot, strlen(boot));
	return khimage_relation(&snapshot, &other, boot_id);
}

static void test_other_boots(void)
{
	const struct khimage_identity unknown = { .generation = 7 };
	const struct khimage_superblock later = { .state = KHIMAGE_USED, .generation = 8 };
	const uint8_t zeros[KHIMAGE_BOOT_ID_BYTES] = { 0 };

	ok(to_snapshot("B", KHIMAGE_EMPTY, 50, 0) == KHIMAGE_UNRELATED, "an empty one of another boot");
	ok(to_snapshot("B", KHIMAGE_COMMITTED, UINT64_MAX, 1) == KHIMAGE_UNRELATED, "a committed one of another boot");
	ok(to_snapshot("B", KHIMAGE_USED, 7, 100) == KHIMAGE_UNRELATED, "one of another boot with the same number");
	ok(to_snapshot("", KHIMAGE_EMPTY, 50, 0) == KHIMAGE_UNRELATED, "one of which the boot is not known");
	ok(khimage_relation(&unknown, &later, zeros) == KHIMAGE_UNRELATED, "two of which no boot is known");
}

static void test_same_boot(void)
{
	static const uint32_t states[] = { KHIMAGE_EMPTY, KHIMAGE_WRITING, KHIMAGE_COMMITTED, KHIMAGE_USED };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		ok(to_snapshot("A", states[i], 8, 101) == KHIMAGE_LATER, "a higher number is later, in state %zu", i);
		ok(to_snapshot("A", states[i], 6, 99) == KHIMAGE_EARLIER, "a lower number is earlier, in state %zu", i);
		ok(to_snapshot("A", states[i], 7, 101) == KHIMAGE_TWIN, "another snapshot of the same number, in state %zu", i);
	}
	ok(to_snapshot("A", KHIMAGE_USED, 7, 100) == KHIMAGE_TWIN, "the same snapshot, and it was restored");
	ok(to_snapshot("A", KHIMAGE_EMPTY, 7, 0) == KHIMAGE_TWIN, "the same snapshot, and it was given up");
	ok(to_snapshot("A", KHIMAGE_COMMITTED, 7, 100) == KHIMAGE_COPY, "the same snapshot, and it waits as well");
	ok(to_snapshot("A", KHIMAGE_EMPTY, UINT64_MAX, 0) == KHIMAGE_LATER, "the highest number");
}

int main(void)
{
	test_other_boots();
	test_same_boot();
	return tap_done();
}
