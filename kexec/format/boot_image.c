/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/boot_image.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/core/foreign_file.h"
#include "lib/unpack/decompress.h"

/* Bounds the memory that a file may unpack to; no kernel is larger. */
#define UNPACKED_MAX_BYTES ((size_t)1 << 30)
/* Bounds how often a file may be compressed over: a crafted one may unpack to itself. */
#define NESTING_MAX 4

enum probe_result {
	PROBE_NO,
	PROBE_YES,
	PROBE_BROKEN, /* of this format, and cannot be used: parse returns the reason */
};

struct boot_image_format {
	enum boot_image_kind kind;
	enum probe_result (*probe)(struct bytes bytes);
	struct error *(*parse)(struct boot_image *image);
};

static enum probe_result probe_elf(struct bytes bytes, uint16_t machine)
{
	uint16_t actual = bytes_u16(bytes, offsetof(Elf64_Ehdr, e_machine)); /* at the same place in Elf32_Ehdr */

	if (!elf_file_probe(bytes))
		return PROBE_NO;
	if (actual == machine)
		return PROBE_YES;
	return actual == EM_X86_64 || actual == EM_386 ? PROBE_NO : PROBE_BROKEN;
}

static enum probe_result probe_elf_x86_64(struct bytes bytes)
{
	return probe_elf(bytes, EM_X86_64);
}

static enum probe_result probe_elf_x86(struct bytes bytes)
{
	return probe_elf(bytes, EM_386);
}

/* Not an ELF core: it may contain a copy of any header. A bzImage is tried before. */
static enum probe_result probe_multiboot(struct bytes bytes, int version)
{
	if (elf_file_probe(bytes) && bytes_u16(bytes, offsetof(Elf64_Ehdr, e_type)) == ET_CORE)
		return PROBE_NO;
	return multiboot_probe(bytes, version) ? PROBE_YES : PROBE_NO;
}

static enum probe_result probe_multiboot1(struct bytes bytes)
{
	return probe_multiboot(bytes, 1);
}

static enum probe_result probe_multiboot2(struct bytes bytes)
{
	return probe_multiboot(bytes, 2);
}

static enum probe_result probe_uki(struct bytes bytes)
{
	return uki_probe(bytes) ? PROBE_YES : PROBE_NO;
}

/* True if this may be the beginning of a bzImage that was cut off before the end of its magic. */
static bool is_stump(struct bytes bytes)
{
	return bytes.size >= 0x200 && bytes.size < 0x206 && bytes_u16(bytes, 0x1fe) == 0xaa55;
}

/* An ELF file may contain the magic by chance. */
static bool is_bzimage(struct bytes bytes)
{
	return bzimage_probe(bytes) && !elf_file_probe(bytes);
}

static enum probe_result probe_bzimage(struct bytes bytes)
{
	if (is_bzimage(bytes))
		return PROBE_YES;
	return is_stump(bytes) ? PROBE_BROKEN : PROBE_NO;
}

static enum probe_result probe_bzimage64(struct bytes bytes)
{
	struct bzimage bzimage;

	if (!is_bzimage(bytes))
		return PROBE_NO;

	struct error *error = bzimage_init(&bzimage, bytes);
	if (error) {
		error_free(error);
		return PROBE_BROKEN;
	}

	bool has_entry_64 = bzimage.has_entry_64;

	bzimage_deinit(&bzimage);
	return has_entry_64 ? PROBE_YES : PROBE_NO;
}

static struct error *check_elf_machine(const struct elf_file *elf)
{
	if (elf->machine != EM_386 && elf->machine != EM_X86_64)
		return error_new("an ELF file for another machine: e_machine is %u, and not %u (i386) or %u (x86_64)",
				 elf->machine, EM_386, EM_X86_64);
	if (elf->is_64 != (elf->machine == EM_X86_64))
		return error_new("a %d-bit ELF file for %s", elf->is_64 ? 64 : 32,
				 elf->machine == EM_386 ? "i386" : "x86_64 (x32)");
	if (elf->type != ET_EXEC && elf->type != ET_DYN && elf->type != ET_CORE)
		return error_new("an ELF file of type %u%s; an executable (%u or %u) or a core (%u) can be loaded",
				 elf->type, elf->type == ET_REL ? ", an object file that is not linked yet" : "",
				 ET_EXEC, ET_DYN, ET_CORE);
	return NULL;
}

static struct error *parse_elf(struct boot_image *image)
{
	struct elf_file *elf = &image->elf;
	bool has_load = false;

	struct error *error = elf_file_init(elf, image->bytes, image->bytes.size);
	if (!error)
		error = check_elf_machine(elf);
	if (error)
		return error;
	for (size_t i = 0; i < elf->segment_count; i++) {
		if (elf->segments[i].type == PT_INTERP)
			return error_new("a dynamically linked program: it runs under Linux, not in its place");
		if (elf->segments[i].type == PT_LOAD && (elf->segments[i].memory_size || elf->segments[i].file_size))
			has_load = true;
	}
	if (!has_load)
		return error_new("an ELF file with nothing to load: no PT_LOAD segment that is not empty");
	return NULL;
}

static struct error *parse_bzimage(struct boot_image *image)
{
	struct error *error = bzimage_init(&image->bzimage, image->bytes);

	if (error)
		return error;
	if (!image->bzimage.loaded_high)
		return error_new("a zImage (loaded below 1 MiB); only a bzImage can be loaded");
	return NULL;
}

/* Without ELF headers, the one segment that the multiboot header describes. */
static void make_segment(struct boot_image *image)
{
	const struct multiboot *multiboot = &image->multiboot;

	image->elf = (struct elf_file){ .type = ET_EXEC, .machine = EM_386, .entry = multiboot->entry, .segment_count = 1 };
	image->elf.segments = xcalloc(1, sizeof(*image->elf.segments));
	image->elf.segments[0] = (struct elf_segment){ .type = PT_LOAD, .vaddr = multiboot->load_address,
						       .paddr = multiboot->load_address,
						       .file_offset = multiboot->file_offset,
						       .file_size = multiboot->file_size,
						       .memory_size = multiboot->memory_size, .align = 1 };
}

static struct error *parse_multiboot(struct boot_image *image, int version)
{
	struct error *error = multiboot_init(&image->multiboot, image->bytes, version);

	if (error)
		return error;
	if (image->multiboot.has_addresses) {
		make_segment(image);
		return NULL;
	}
	if (!elf_file_probe(image->bytes))
		return error_new("its multiboot header has no load addresses, and it is no ELF file");
	return parse_elf(image);
}

static struct error *parse_multiboot1(struct boot_image *image)
{
	return parse_multiboot(image, 1);
}

static struct error *parse_multiboot2(struct boot_image *image)
{
	return parse_multiboot(image, 2);
}

static struct error *parse_uki(struct boot_image *image);

/* In the order in which they are tried, and in that of boot_image_type_help. */
static const struct boot_image_format formats[] = {
	{ IMAGE_BZIMAGE, probe_bzimage64, parse_bzimage },
	{ IMAGE_BZIMAGE, probe_bzimage, parse_bzimage },
	{ IMAGE_MULTIBOOT, probe_multiboot2, parse_multiboot2 },
	{ IMAGE_MULTIBOOT, probe_multiboot1, parse_multiboot1 },
	{ IMAGE_ELF, probe_elf_x86_64, parse_elf },
	{ IMAGE_ELF, probe_elf_x86, parse_elf },
	{ IMAGE_BZIMAGE, probe_uki, parse_uki },
};

const char *const boot_image_type_help[][2] = {
	{ "bzImage64", "Linux kernel with a 64-bit entry" },
	{ "bzImage", "Linux kernel, entered in 32-bit mode" },
	{ "multiboot2-x86", "multiboot 2 image, such as Xen" },
	{ "multiboot-x86", "multiboot 1 image" },
	{ "elf-x86_64", "64-bit ELF file: vmlinux, a program, a snapshot" },
	{ "elf-x86", "32-bit ELF file: vmlinux, a program, a snapshot" },
	{ "uki", "unified kernel image: kernel, initrd and command line in one EFI program" },
	{ NULL, NULL },
};

static_assert(ARRAY_COUNT(boot_image_type_help) == ARRAY_COUNT(formats) + 1, "each format has its line of help");

/* kexec-tools' types for network boot images of the 1990s and of Beowulf clusters. */
static const char *const old_types[] = { "beoboot-x86", "nbi-x86" };

/* The index of the format of this name. */
static struct error *find_type(const char *type, size_t *ret_format)
{
	for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
		if (strcmp(type, boot_image_type_help[i][0]) == 0) {
			*ret_format = i;
			return NULL;
		}
	}
	for (size_t i = 0; i < ARRAY_COUNT(old_types); i++)
		if (strcmp(type, old_types[i]) == 0)
			return error_new("image type \"%s\" is not supported: no such file can be found any more "
					 "to test it with",
					 type);

	AUTO_FREE char *known = xstrdup("");
	for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
		AUTO_FREE char *before = known;

		known = xasprintf("%s%s%s", before, i ? ", " : "", boot_image_type_help[i][0]);
	}
	return error_new("unknown image type \"%s\"; there are %s", type, known);
}

/* The first format whose probe answers PROBE_YES, else the first that answers PROBE_BROKEN. */
static bool detect(struct bytes bytes, size_t *ret_format)
{
	bool broken = false;

	for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
		enum probe_result result = formats[i].probe(bytes);

		if (result == PROBE_NO || (result == PROBE_BROKEN && broken))
			continue;
		*ret_format = i;
		if (result == PROBE_YES)
			return true;
		broken = true;
	}
	return broken;
}

static struct error *no_kernel(struct bytes bytes)
{
	const char *text = foreign_file_text(bytes, FOREIGN_TO_LOAD);

	return error_new("not a kernel image (%zu bytes): neither a bzImage (\"HdrS\" at 0x202) nor an ELF file, a "
			 "multiboot image or a UKI, compressed or not.%s%s%s", bytes.size, text ? " It is " : "",
			 text ? text : "", text ? "." : "");
}

struct error *boot_image_unpack(struct bytes *bytes, uint8_t **unpacked)
{
	for (int depth = 0;; depth++) {
		const char *name = compression_name(*bytes);
		uint8_t *data;
		size_t size;

		if (!name || bzimage_probe(*bytes))
			return NULL;
		if (depth == NESTING_MAX)
			return error_new("compressed more than %d times over", NESTING_MAX);

		struct error *error = decompress(*bytes, UNPACKED_MAX_BYTES, &data, &size);
		if (error)
			return error;
		free(*unpacked);
		*unpacked = data;
		*bytes = (struct bytes){ data, size };
	}
}

/* From image->bytes, which are not compressed, to the parsed image. */
static struct error *parse(struct boot_image *image, const char *type, size_t requested)
{
	size_t format;

	if (!detect(image->bytes, &format))
		return no_kernel(image->bytes);
	if (type && formats[requested].probe(image->bytes) == PROBE_NO)
		return error_new("not of type %s (%s), but %s (%s)", type, boot_image_type_help[requested][1],
				 boot_image_type_help[format][0], boot_image_type_help[format][1]);
	if (type)
		format = requested;
	image->kind = formats[format].kind;
	image->type_name = boot_image_type_help[format][0];
	return formats[format].parse(image);
}

static struct error *parse_uki(struct boot_image *image)
{
	struct error *error = uki_init(&image->uki, image->bytes);

	if (error)
		return error;
	image->is_uki = true;
	image->bytes = image->uki.kernel;
	image->unpacked_uki = TAKE_PTR(image->unpacked);
	error = boot_image_unpack(&image->bytes, &image->unpacked);
	if (!error && uki_probe(image->bytes))
		error = error_new("a UKI in a UKI");
	if (!error)
		error = parse(image, NULL, 0);
	return error_prefix(error, "the kernel in the UKI");
}

struct error *boot_image_init(struct boot_image *image, const char *path, const char *type)
{
	struct boot_image made = { 0 };
	size_t requested = 0;

	struct error *error = type ? find_type(type, &requested) : NULL;
	if (error)
		return error;
	error = mapped_file_init(&made.file, "kernel image", path);
	if (error)
		return error;
	made.bytes = made.file.bytes;
	error = boot_image_unpack(&made.bytes, &made.unpacked);
	if (!error)
		error = parse(&made, type, requested);
	if (error) {
		boot_image_deinit(&made);
		return error_prefix(error, "kernel image \"%s\"", path);
	}
	*image = made;
	return NULL;
}

void boot_image_deinit(struct boot_image *image)
{
	bzimage_deinit(&image->bzimage);
	elf_file_deinit(&image->elf);
	uki_deinit(&image->uki);
	free(image->unpacked);
	free(image->unpacked_uki);
	mapped_file_deinit(&image->file);
	*image = (struct boot_image){ 0 };
}

bool boot_image_find_note(const struct boot_image *image, const char *name, uint32_t type, struct bytes *ret_desc)
{
	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const struct elf_segment *segment = &image->elf.segments[i];
		struct bytes notes;

		if (segment->type == PT_NOTE &&
		    bytes_part(image->bytes, segment->file_offset, segment->file_size, &notes) &&
		    elf_note_find(notes, name, type, ret_desc))
			return true;
	}
	return false;
}
