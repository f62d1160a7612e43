/* SPDX-License-Identifier: GPL-2.0-only */
/* A file from detection to the parsed image, with each type that -t knows and without. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kexec/format/boot_image.h"
#include "lib/base/alloc.h"
#include "tests/fuzz/fuzz.h"

static void try_type(const char *path, const char *type)
{
	struct boot_image image = { 0 };

	struct error *error = boot_image_init(&image, path, type);
	if (!error) {
		REQUIRE(image.type_name && (!type || image.is_uki || !strcmp(image.type_name, type)));
		REQUIRE(!type || image.is_uki == !strcmp(type, "uki"));
		REQUIRE(image.bytes.size);
		if (image.kind == IMAGE_BZIMAGE)
			REQUIRE(image.bzimage.loaded_high && image.bzimage.kernel.size);
		else
			REQUIRE(image.elf.segment_count);
		if (image.kind == IMAGE_MULTIBOOT)
			REQUIRE(image.multiboot.version == 1 || image.multiboot.version == 2);
	}
	error_free(error);
	boot_image_deinit(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	for (size_t i = 0; boot_image_type_help[i][0]; i++)
		try_type(path, boot_image_type_help[i][0]);
	try_type(path, NULL);
	close(fd);
	return 0;
}
