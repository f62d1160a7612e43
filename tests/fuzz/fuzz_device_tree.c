/* SPDX-License-Identifier: GPL-2.0-only */
/* A flattened device tree's header. */
#include "kexec/format/device_tree.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes blob = { 0 };
	struct error *error = device_tree_blob((struct bytes){ data, size }, &blob);

	REQUIRE(error ? !blob.data : blob.data == data && blob.size >= 40 && blob.size <= size);
	error_free(error);
	return 0;
}
