/* SPDX-License-Identifier: GPL-2.0-only */
/* The multiboot headers; every promise of multiboot.h is checked. */
#include "kexec/format/multiboot.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct multiboot *multiboot, int version, struct bytes file)
{
	REQUIRE(multiboot->version == version);
	if (multiboot->has_addresses) {
		REQUIRE(multiboot->has_entry);
		REQUIRE(bytes_contain(file, multiboot->file_offset, multiboot->file_size));
		REQUIRE(multiboot->memory_size && multiboot->memory_size >= multiboot->file_size);
		REQUIRE(multiboot->load_address + multiboot->memory_size <= (uint64_t)1 << 32);
	}
	if (multiboot->relocatable) {
		REQUIRE(version == 2 && multiboot->min_address <= multiboot->max_address);
		REQUIRE(multiboot->align && !(multiboot->align & (multiboot->align - 1)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { data, size };

	for (int version = 1; version <= 2; version++) {
		struct multiboot multiboot = { 0 };
		struct error *error = multiboot_init(&multiboot, file, version);

		if (!error) {
			REQUIRE(multiboot_probe(file, version));
			check(&multiboot, version, file);
		}
		error_free(error);
	}
	return 0;
}
