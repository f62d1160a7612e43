/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bzImage through its setup code in real mode, which asks the BIOS for memory map, screen and disks, and enters the
 * kernel itself. Documentation/arch/x86/boot.rst, "Loading The Rest of The Kernel" and "Running the Kernel".
 */
#include "include/real_mode.h"

#include <inttypes.h>
#include <string.h>

#include "include/boot_params_layout.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "lib/base/bytes.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/base/text.h"
#include "lib/machine/kernel_cmdline.h"
#include "purgatory/blobs.h"

/* heap_end_ptr counts from the end of the boot sector. */
#define HEAP_END_BIAS 0x200
/* With its bss; the kernel's linker script checks the same (arch/x86/boot/setup.ld). */
#define SETUP_MAX_BYTES 0x8000

enum need { NEED_SETUP, NEED_KERNEL, NEED_PURGATORY, NEED_INITRD, NEED_COUNT };

static bool was_booted_by_efi(const struct machine *machine)
{
	return machine->has_boot_params && !memcmp(machine->boot_params + BP_EFI_INFO, "EL", 2);
}

static struct error *check(const struct loading *loading)
{
	const struct bzimage *bzimage = &loading->image.bzimage;
	const char *path = loading->request->kernel;

	if (loading->image.kind != IMAGE_BZIMAGE)
		return error_new("\"%s\" is a vmlinux and has no setup code for --real-mode: load its bzImage", path);
	/* Older setup code has to lie at 0x90000, and finds its command line in another way. */
	if (bzimage->protocol < 0x0202)
		return error_new("\"%s\" has boot protocol %u.%02u; --real-mode needs 2.02", path, bzimage->protocol >> 8,
				 bzimage->protocol & 0xff);
	if (bzimage->setup.size > SETUP_MAX_BYTES)
		return error_new("the setup code of \"%s\" has %zu bytes; --real-mode has room for %d", path,
				 bzimage->setup.size, SETUP_MAX_BYTES);
	if (was_booted_by_efi(&loading->machine))
		return error_new("this machine was booted by EFI: there is no BIOS that the setup code of \"%s\" could ask "
				 "(--real-mode)",
				 path);
	return NULL;
}

/* Adds low memory to the memory of an ordinary load, even outside of given bounds. */
static void add_low_memory(struct loading *loading)
{
	AUTO_SPAN_SET struct span_set low = { 0 };

	window_low_memory(&loading->machine, &low);
	span_set_add_set(&loading->plan.free, &low);
}

static struct error *place(struct loading *loading, uint64_t *ret_starts)
{
	const struct bzimage *bzimage = &loading->image.bzimage;
	struct plan_need needs[NEED_COUNT] = {
		[NEED_SETUP] = { .what = "setup code",
				 .size_bytes = REAL_MODE_BYTES,
				 .within = { 0, LOW_MEMORY_END },
				 .high = true },
		[NEED_KERNEL] = loading_kernel_need(bzimage, 4 * GIB),
		[NEED_PURGATORY] = { .what = "purgatory",
				     .size_bytes = PURGATORY_SIZE_BYTES,
				     .within = { MIB, 4 * GIB } },
		[NEED_INITRD] = { .what = "initrd",
				  .size_bytes = loading->initrd.size,
				  .within = { MIB, bzimage->initrd_addr_max + 1 },
				  .high = true },
	};

	return plan_place(&loading->plan, loading->where, needs, NEED_COUNT, ret_starts);
}

/*
 * The loader finds the screen's mode on the command line and passes it in the setup header (boot.rst, "Special Command
 * Line Options"); the file's own header has normal text.
 */
static struct error *find_video_mode(const char *cmdline, uint16_t *mode)
{
	static const struct {
		const char *name;
		uint16_t mode;
	} names[] = { { "normal", 0xffff }, { "ext", 0xfffe }, { "ask", 0xfffd } };
	AUTO_FREE char *value = NULL;
	uint64_t number;

	if (!cmdline_find(cmdline, "vga", &value))
		return NULL;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (!strcmp(value, names[i].name)) {
			*mode = names[i].mode;
			return NULL;
		}
	}
	if (!parse_number(value, &number) || number > UINT16_MAX)
		return error_new("vga=%s on the command line is no mode: a number, normal, ext or ask", value);
	*mode = (uint16_t)number;
	return NULL;
}

/* The block of real_mode.h, with all fields that the loader has to write. */
static uint8_t *build_setup(const struct loading *loading, const uint64_t *starts, uint16_t video_mode)
{
	const struct bytes setup = loading->image.bzimage.setup;
	uint8_t *block = xcalloc(REAL_MODE_BYTES, 1);

	memcpy(block, setup.data, setup.size);
	store_u16(block + BP_VID_MODE, video_mode);
	block[BP_TYPE_OF_LOADER] = LOADER_TYPE_KEXEC;
	block[BP_LOADFLAGS] |= LOADFLAG_CAN_USE_HEAP;
	store_u16(block + BP_HEAP_END_PTR, REAL_MODE_STACK - HEAP_END_BIAS);
	if (starts[NEED_KERNEL])
		store_u32(block + BP_CODE32_START, (uint32_t)starts[NEED_KERNEL]);
	store_u32(block + BP_RAMDISK_IMAGE, (uint32_t)starts[NEED_INITRD]);
	store_u32(block + BP_RAMDISK_SIZE, (uint32_t)loading->initrd.size);
	store_u32(block + BP_CMD_LINE_PTR, (uint32_t)(starts[NEED_SETUP] + REAL_MODE_CMDLINE));
	memcpy(block + REAL_MODE_CMDLINE, loading->cmdline, strlen(loading->cmdline) + 1);
	memcpy(block + REAL_MODE_ENTRY, real16_blob.data, real16_blob.size_bytes);
	return block;
}

static struct error *fill(struct loading *loading, const uint64_t *starts)
{
	struct plan *plan = &loading->plan;
	uint64_t setup = starts[NEED_SETUP];
	uint16_t video_mode = load_u16(loading->image.bzimage.setup.data + BP_VID_MODE);
	struct error *error;

	error = find_video_mode(loading->cmdline, &video_mode);
	if (error)
		return error;
	loading_add_detail(loading, "screen    mode 0x%x, set by the BIOS", video_mode);
	plan_fill_owned(plan, setup, build_setup(loading, starts, video_mode), REAL_MODE_BYTES);
	if (starts[NEED_KERNEL])
		plan_fill(plan, starts[NEED_KERNEL], loading->image.bzimage.kernel);
	if (loading->initrd.size)
		plan_fill(plan, starts[NEED_INITRD], loading->initrd);

	struct purgatory_param param = { .target_mode = PURGATORY_TARGET_32,
					 .entry = setup + REAL_MODE_ENTRY,
					 .regs.bx = setup };

	loading_set_purgatory(loading, starts[NEED_PURGATORY], param);
	return NULL;
}

struct error *load_real_mode(struct loading *loading)
{
	uint64_t starts[NEED_COUNT];
	struct error *error = check(loading);

	if (error)
		return error;
	loading->cmdline = loading_base_cmdline(loading);

	uint32_t limit = loading->image.bzimage.cmdline_size_bytes;

	error = loading_check_cmdline(loading, limit < REAL_MODE_CMDLINE_BYTES ? limit : REAL_MODE_CMDLINE_BYTES - 1);
	if (!error)
		error = loading->policy->choose_memory(loading, NULL);
	if (error)
		return error;
	add_low_memory(loading);
	error = place(loading, starts);
	return error ? error : fill(loading, starts);
}
