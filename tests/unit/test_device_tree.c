/* SPDX-License-Identifier: GPL-2.0-only */
/* The header of a flattened device tree. */
#include "kexec/format/device_tree.h"

#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void test_device_tree(void)
{
	uint8_t tree[48] = { 0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 44 };
	struct bytes blob = { 0 };

	ok(no_error(device_tree_blob((struct bytes){ tree, 48 }, &blob)) && blob.data == tree && blob.size == 44,
	   "a device tree has the length in its header");
	ok(error_contains(device_tree_blob((struct bytes){ tree, 43 }, &blob), "cut off: it has 44 bytes, and the file 43"),
	   "cut off");
	ok(error_contains(device_tree_blob((struct bytes){ tree, 39 }, &blob), "not a flattened device tree (39 bytes"),
	   "shorter than a header");
	tree[7] = 39;
	ok(error_contains(device_tree_blob((struct bytes){ tree, 48 }, &blob), "damaged device tree: its header gives it 39"),
	   "a size smaller than the header");
	tree[0] = 0;
	ok(error_contains(device_tree_blob((struct bytes){ tree, 48 }, &blob), "not a flattened device tree"), "no magic number");
}

int main(void)
{
	test_device_tree();
	return tap_done();
}
