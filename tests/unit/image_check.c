/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/image_check.h"

#include <elf.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "tests/unit/fixtures.h"

void auto_image_deinit(struct boot_image *image)
{
	boot_image_deinit(image);
}

struct error *open_image(struct boot_image *image, const char *folder, struct bytes bytes, const char *type)
{
	AUTO_FREE char *path = write_file(folder, "image", bytes);

	return boot_image_init(image, path, type);
}

bool is_type(const char *folder, const struct buffer *buffer, const char *type, const char *wanted)
{
	AUTO_IMAGE struct boot_image image = { 0 };

	return no_error(open_image(&image, folder, buffer_bytes(buffer), type)) && !strcmp(image.type_name, wanted) &&
	       image.bytes.size == buffer->size && !memcmp(image.bytes.data, buffer->data, buffer->size);
}

static bool is_untouched(const struct boot_image *image)
{
	return !image->kind && !image->type_name && !image->file.bytes.data && !image->file.files && !image->unpacked &&
	       !image->bytes.data && !image->bzimage.setup.data && !image->bzimage.version && !image->elf.segments;
}

bool refused_bytes(const char *folder, struct bytes bytes, const char *type, const char *text)
{
	struct boot_image image = { 0 };
	bool as_expected = error_contains(open_image(&image, folder, bytes, type), text);

	return as_expected && is_untouched(&image);
}

bool refused(const char *folder, const struct buffer *buffer, const char *type, const char *text)
{
	return refused_bytes(folder, buffer_bytes(buffer), type, text);
}

const struct elf_segment one_segment = { .type = PT_LOAD, .paddr = 0x400000, .file_size = 16,
						.memory_size = 4096 };

struct elf_spec elf_spec_of(bool is_64)
{
	return (struct elf_spec){ .is_64 = is_64, .type = ET_EXEC, .machine = is_64 ? EM_X86_64 : EM_386,
				  .entry = 0x400000, .segments = &one_segment, .segment_count = 1 };
}
