/* SPDX-License-Identifier: GPL-2.0-only */
/* The bzImage parser; every promise of bzimage.h is checked. */
#include "kexec/format/bzimage.h"
#include "lib/base/span.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct bzimage *image, size_t size)
{
	REQUIRE(image->protocol >= 0x0200);
	REQUIRE(image->setup.size + image->kernel.size == size);
	REQUIRE(image->kernel.size || (!image->has_entry_32 && !image->has_entry_64));
	REQUIRE(image->kernel.size || image->protocol >= 0x020a || !image->init_size_bytes);
	REQUIRE(image->setup_header.data == image->setup.data + BZIMAGE_HEADER_OFFSET);
	REQUIRE(BZIMAGE_HEADER_OFFSET + image->setup_header.size <= 0x290);
	REQUIRE(image->kernel_alignment && !(image->kernel_alignment & (image->kernel_alignment - 1)));
	REQUIRE(image->init_size_bytes >= image->kernel.size);
	REQUIRE(image->pref_address && image->pref_address + image->init_size_bytes <= SPAN_ADDRESS_END);
	REQUIRE(image->relocatable || image->pref_address % PAGE_SIZE_BYTES == 0);
	REQUIRE(image->initrd_addr_max);
	for (const char *c = image->version; c && *c; c++)
		REQUIRE(*c >= ' ' && *c <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { data, size };
	struct bzimage image = { 0 };

	struct error *error = bzimage_init(&image, file);
	if (!error) {
		REQUIRE(bzimage_probe(file));
		check(&image, size);
	}
	error_free(error);
	bzimage_deinit(&image);
	return 0;
}
