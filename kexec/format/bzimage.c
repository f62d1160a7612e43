/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/bzimage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"

/* Offsets in the file: Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header". */
enum {
	SETUP_SECTS = 0x1f1,
	SYSSIZE = 0x1f4,
	BOOT_FLAG = 0x1fe,
	JUMP_OFFSET = 0x201,
	HEADER_MAGIC = 0x202,
	VERSION = 0x206,
	KERNEL_VERSION = 0x20e,
	LOADFLAGS = 0x211,
	CODE32_START = 0x214,
	INITRD_ADDR_MAX = 0x22c,
	KERNEL_ALIGNMENT = 0x230,
	RELOCATABLE_KERNEL = 0x234,
	XLOADFLAGS = 0x236,
	CMDLINE_SIZE = 0x238,
	PAYLOAD_OFFSET = 0x248,
	PAYLOAD_LENGTH = 0x24c,
	PREF_ADDRESS = 0x258,
	INIT_SIZE = 0x260,
	/* Every field of protocol 2.00 lies below; the jump over them cannot be shorter. */
	SHORTEST_HEADER_END = 0x224,
	/* Here boot_params has other things (arch/x86/include/uapi/asm/bootparam.h, edd_mbr_sig_buffer). */
	LONGEST_HEADER_END = 0x290,
};

#define SECTOR_BYTES 512
#define BOOT_FLAG_VALUE 0xaa55
#define HEADER_MAGIC_VALUE 0x53726448 /* "HdrS" */
#define LOADED_HIGH 0x01              /* loadflags */
#define XLF_KERNEL_64 0x01
#define XLF_CAN_BE_LOADED_ABOVE_4G 0x02
#define XLF_5LEVEL 0x20
#define XLF_5LEVEL_ENABLED 0x40

/* The unpacked kernel, the packed one and its heap: x86_64's KERNEL_IMAGE_SIZE bounds the first with 1 GiB. */
#define INIT_SIZE_MAX_BYTES ((uint64_t)2 << 30)

bool bzimage_probe(struct bytes bytes)
{
	return bytes_u16(bytes, BOOT_FLAG) == BOOT_FLAG_VALUE &&
	       bytes_u32(bytes, HEADER_MAGIC) == HEADER_MAGIC_VALUE;
}

/* A field of the setup header; 0 where the header ends before it or the protocol is older than it. */
static uint64_t field(const struct bzimage *image, uint64_t offset, size_t size, uint16_t since_protocol)
{
	struct bytes at;
	uint64_t value = 0;

	if (image->protocol >= since_protocol &&
	    bytes_part(image->setup_header, offset - BZIMAGE_HEADER_OFFSET, size, &at))
		memcpy(&value, at.data, size);
	return value;
}

/* The setup code, what follows it, and the setup header in it. */
static struct error *cut_parts(struct bzimage *image, struct bytes bytes)
{
	uint64_t sectors, setup_size, header_end;

	image->protocol = bytes_u16(bytes, VERSION);
	if (image->protocol < 0x0200)
		return error_new("the kernel has boot protocol %u.%02u; 2.00 is the oldest that can be loaded",
				 image->protocol >> 8, image->protocol & 0xff);

	/* For compatibility 0 means 4 (boot.rst, setup_sects). */
	sectors = bytes.data[SETUP_SECTS] ? bytes.data[SETUP_SECTS] : 4;
	setup_size = (sectors + 1) * SECTOR_BYTES;
	if (!bytes_part(bytes, 0, setup_size, &image->setup))
		return error_new("the kernel is cut off in its setup code: that has %" PRIu64
				 " bytes, and the file %zu", setup_size, bytes.size);
	bytes_part(bytes, setup_size, bytes.size - setup_size, &image->kernel);

	header_end = HEADER_MAGIC + (uint64_t)bytes.data[JUMP_OFFSET];
	if (header_end < SHORTEST_HEADER_END)
		return error_new("the kernel is damaged: its setup header ends at %#" PRIx64
				 ", inside the fields of boot protocol 2.00", header_end);
	if (header_end > LONGEST_HEADER_END)
		header_end = LONGEST_HEADER_END;
	bytes_part(bytes, BZIMAGE_HEADER_OFFSET, header_end - BZIMAGE_HEADER_OFFSET, &image->setup_header);
	return NULL;
}

static uint64_t read_syssize(const struct bzimage *image)
{
	return field(image, SYSSIZE, image->protocol >= 0x0204 ? 4 : 2, 0x0200);
}

/*
 * syssize counts paragraphs of 16 bytes. Before protocol 2.04 it has two bytes and is too small for most kernels. It is
 * 0 in memdisk and lnxboot.img, which are no Linux; the latter may have no protected-mode part, as its program is the
 * initrd. Linux fills the last paragraph; memtest86+ and iPXE, which have no payload, do not. The bytes behind syssize
 * (padding, a signature) belong to the kernel part, too: all loaders load them.
 */
static struct error *check_kernel_part(const struct bzimage *image)
{
	uint64_t payload_size = field(image, PAYLOAD_LENGTH, 4, 0x0208);
	uint64_t payload_end = field(image, PAYLOAD_OFFSET, 4, 0x0208) + payload_size;
	uint64_t syssize = read_syssize(image);
	uint64_t needed = image->protocol >= 0x0204 ? syssize * 16 : 0;
	uint64_t present = image->kernel.size;

	if (payload_size == 0)
		present = (present + 15) / 16 * 16;
	if (present < needed)
		return error_new("the kernel is cut off: its protected-mode part has %" PRIu64
				 " bytes (syssize), and the file has %zu of them after the setup code", needed,
				 image->kernel.size);
	if (image->kernel.size < payload_end)
		return error_new("the kernel is cut off or damaged: its payload ends at byte %" PRIu64
				 " of the protected-mode part, and that has %zu", payload_end, image->kernel.size);
	if (image->kernel.size == 0 && syssize)
		return error_new("the kernel is cut off: nothing follows its %zu bytes of setup code",
				 image->setup.size);
	return NULL;
}

static struct error *read_placement(struct bzimage *image)
{
	image->loaded_high = field(image, LOADFLAGS, 1, 0x0200) & LOADED_HIGH;
	image->relocatable = field(image, RELOCATABLE_KERNEL, 1, 0x0205) != 0;
	image->has_entry_32 = field(image, CODE32_START, 4, 0x0200) && read_syssize(image) && image->kernel.size;
	image->kernel_alignment = field(image, KERNEL_ALIGNMENT, 4, 0x0205);
	/* Only relocatable kernels need it; some others (iPXE) leave it 0. */
	if (!image->relocatable && image->kernel_alignment == 0)
		image->kernel_alignment = PAGE_SIZE_BYTES;
	if (image->kernel_alignment == 0 || (image->kernel_alignment & (image->kernel_alignment - 1)))
		return error_new("the kernel is damaged: its kernel_alignment %#" PRIx64 " is not a power of two",
				 image->kernel_alignment);

	image->pref_address = field(image, PREF_ADDRESS, 8, 0x020a);
	if (image->pref_address == 0)
		image->pref_address = image->loaded_high ? 0x100000 : 0x10000;
	image->init_size_bytes = field(image, INIT_SIZE, 4, 0x020a);
	if (image->init_size_bytes > INIT_SIZE_MAX_BYTES)
		return error_new("the kernel is damaged: its init_size is %#" PRIx64 " bytes, more than any kernel needs",
				 image->init_size_bytes);
	/* Older kernels have no such field; a packed kernel unpacks to about three times its size. */
	if (image->init_size_bytes == 0)
		image->init_size_bytes = (uint64_t)image->kernel.size * 4;
	if (image->init_size_bytes < image->kernel.size)
		image->init_size_bytes = image->kernel.size;
	if (image->pref_address > SPAN_ADDRESS_END - image->init_size_bytes)
		return error_new("the kernel is damaged: its pref_address is %#" PRIx64, image->pref_address);
	if (!image->relocatable && image->pref_address % PAGE_SIZE_BYTES)
		return error_new("the kernel is damaged: it cannot be moved, and its pref_address %#" PRIx64
				 " is not the beginning of a page", image->pref_address);
	return NULL;
}

static void read_limits(struct bzimage *image)
{
	uint64_t xloadflags = field(image, XLOADFLAGS, 2, 0x020c);

	image->has_entry_64 = (xloadflags & XLF_KERNEL_64) && image->kernel.size;
	image->above_4g = xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G;
	image->entry_five_level = xloadflags & XLF_5LEVEL;
	image->five_level = xloadflags & XLF_5LEVEL_ENABLED;
	image->cmdline_size_bytes = 255;
	if (image->protocol >= 0x0206)
		image->cmdline_size_bytes = (uint32_t)field(image, CMDLINE_SIZE, 4, 0x0206);
	image->initrd_addr_max = field(image, INITRD_ADDR_MAX, 4, 0x0203);
	if (image->initrd_addr_max == 0)
		image->initrd_addr_max = 0x37ffffff; /* boot.rst, initrd_addr_max: that of protocol 2.02 and before */
}

/* The printable text that kernel_version points to; NULL if it points to none. */
static char *read_version(const struct bzimage *image)
{
	uint64_t start = field(image, KERNEL_VERSION, 2, 0x0200);
	struct bytes text;
	size_t length = 0;

	/* "If set to a nonzero value, a pointer to a NUL-terminated string, less 0x200" */
	if (start == 0 || start + 0x200 >= image->setup.size)
		return NULL;
	start += 0x200;
	bytes_part(image->setup, start, image->setup.size - start, &text);
	while (length < text.size && text.data[length] >= ' ' && text.data[length] <= '~')
		length++;
	return length ? xstrndup((const char *)text.data, length) : NULL;
}

struct error *bzimage_init(struct bzimage *image, struct bytes bytes)
{
	struct bzimage parsed = { 0 };

	if (bytes.size < VERSION + 2)
		return error_new("the kernel is cut off before the end of its setup header: it has %zu bytes", bytes.size);
	if (!bzimage_probe(bytes))
		return error_new("not a bzImage: no boot flag 0xaa55 at 0x1fe and \"HdrS\" at 0x202");

	struct error *error = cut_parts(&parsed, bytes);
	if (!error)
		error = check_kernel_part(&parsed);
	if (!error)
		error = read_placement(&parsed);
	if (error)
		return error;
	read_limits(&parsed);
	parsed.version = read_version(&parsed);
	*image = parsed;
	return NULL;
}

void bzimage_deinit(struct bzimage *image)
{
	free(image->version);
	*image = (struct bzimage){ 0 };
}
