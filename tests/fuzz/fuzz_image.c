/* SPDX-License-Identifier: GPL-2.0-only */
/* A file from detection to the parsed image, with each type that -t knows and without. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kexec/format/boot_image.h"
#include "lib/base/alloc.h"
#include "lib/unpack/decompress.h"
#include "tests/fuzz/fuzz.h"

static void try_type(const char *path, const char *type)
{
	struct boot_image image = { 0 };

	struct error *error = boot_image_init(&image, path, type);
	if (!error) {
		REQUIRE(image.type_name && (!type || image.is_uki || !strcmp(image.type_name, type)));
		REQUIRE(!type || image.is_uki == !strcmp(type, "uki"));
		REQUIRE(image.bytes.size);
		/* A program in the setup code alone, such as lnxboot.img, has neither a kernel part nor its entries. */
		if (image.kind == IMAGE_BZIMAGE)
			REQUIRE(image.bzimage.loaded_high &&
				(image.bzimage.kernel.size || (!image.bzimage.has_entry_32 && !image.bzimage.has_entry_64)));
		else
			REQUIRE(image.elf.segment_count);
		if (image.kind == IMAGE_MULTIBOOT)
			REQUIRE(image.multiboot.version == 1 || image.multiboot.version == 2);
	}
	error_free(error);
	boot_image_deinit(&image);
}

#define SMALL_BYTES ((size_t)16 << 20)
/* One more than boot_image.c accepts, which is to refuse it. */
#define NESTING_MAX 5

/*
 * False if the input, compressed, is damaged or unpacks to more than is small, or
 * states that it does. boot_image.c accepts 1 GiB, which is the fuzzer's own
 * limit; fuzz_decompress tries limits and damage.
 */
static bool unpacks_to_little(struct bytes bytes)
{
	AUTO_FREE uint8_t *unpacked = NULL;

	for (int depth = 0; depth < NESTING_MAX && compression_name(bytes); depth++) {
		uint8_t *data;
		size_t size;
		struct error *error = decompress(bytes, SMALL_BYTES, &data, &size);

		error_free(error);
		if (error)
			return false;
		free(unpacked);
		unpacked = data;
		bytes = (struct bytes){ data, size };
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!unpacks_to_little((struct bytes){ data, size }))
		return 0;

	int fd = memfd_create("image", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	for (size_t i = 0; boot_image_type_help[i][0]; i++)
		try_type(path, boot_image_type_help[i][0]);
	try_type(path, NULL);
	close(fd);
	return 0;
}
