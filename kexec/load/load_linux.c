/* SPDX-License-Identifier: GPL-2.0-only */
/* A Linux kernel: where its parts go, and what registers hold at its 32-bit or 64-bit entry. */
#include <elf.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "kexec/format/boot_params.h"
#include "kexec/format/device_tree.h"
#include "kexec/load/elf_place.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/screen.h"

/* Limits that a vmlinux does not contain: arch/x86/include/asm/setup.h, and the initrd's place in the direct map. */
#define VMLINUX_CMDLINE_BYTES 2047
#define VMLINUX_INITRD_MAX_32 0x37ffffff

/* The entry 0x200 bytes into a bzImage's protected-mode part (Documentation/arch/x86/boot.rst). */
#define BZIMAGE_ENTRY_64 0x200

#define PROTOCOL_2_15 0x020f

/* With four levels of page tables, physical memory ends here (arch/x86/include/asm/sparsemem.h, MAX_PHYSMEM_BITS). */
#define FOUR_LEVEL_END (UINT64_C(1) << 46)

/* The places of one Linux load, as plan_place gives them. */
enum need { NEED_KERNEL, NEED_PURGATORY, NEED_PARAMETERS, NEED_INITRD, NEED_COUNT };

struct linux_load {
	struct loading *loading;
	const struct bzimage *bzimage; /* NULL for a vmlinux */
	bool entry_64;
	uint64_t address_end;          /* of kernel and parameters */
	uint64_t initrd_end;
	uint32_t cmdline_limit;        /* longest command line, without the NUL */
	struct boot_params_input input;
	uint8_t rng_seed[BOOT_PARAMS_SEED_BYTES];
	uint64_t starts[NEED_COUNT];
	uint64_t entry;
};

static bool uses_32bit_entry(const struct loading *loading)
{
	const char *type = loading->image.type_name;

	return loading->request->entry_32bit || !strcmp(type, "bzImage") || !strcmp(type, "elf-x86");
}

static struct error *describe_bzimage(struct linux_load *load)
{
	const struct bzimage *bzimage = &load->loading->image.bzimage;

	load->bzimage = bzimage;
	load->cmdline_limit = bzimage->cmdline_size_bytes;
	load->initrd_end = bzimage->initrd_addr_max + 1;
	if (load->entry_64 && bzimage->above_4g) {
		load->address_end = SPAN_ADDRESS_END;
		load->initrd_end = SPAN_ADDRESS_END;
	}
	/* iPXE, memdisk, lnxboot.img: only the setup code can use the part behind it. */
	if (!load->entry_64 && !bzimage->has_entry_32)
		return error_new("\"%s\" has no 32-bit entry (its code32_start or its syssize is 0): it is started by its "
				 "setup code; give --real-mode",
				 load->loading->request->kernel);
	return NULL;
}

/* A bzImage of either width can be entered in 32-bit mode; but a jump needs two kernels of one kind. */
static struct error *check_width(const struct loading *loading)
{
	const struct boot_image *image = &loading->image;
	const char *path = loading->request->kernel, *name = loading->machine.arch->name;
	bool is_64 = loading->machine.arch->is_64;
	bool image_is_64 = image->kind == IMAGE_BZIMAGE ? image->bzimage.has_entry_64 : image->elf.is_64;

	if (loading->is_jump && image_is_64 != is_64)
		return error_new("\"%s\" is a %s-bit kernel: it could not jump back to this one; load one for %s", path,
				 image_is_64 ? "64" : "32", name);
	if (loading->is_jump && is_64 && uses_32bit_entry(loading))
		return error_new("a jump takes the 64-bit entry of \"%s\"; leave out %s", path,
				 loading->request->entry_32bit ? "--entry-32bit" : "-t bzImage");
	if (loading->request->entry_32bit && image->kind == IMAGE_ELF && image_is_64)
		return error_new("\"%s\" is a 64-bit vmlinux and has no 32-bit entry: load its bzImage", path);
	if (image->kind == IMAGE_ELF && image_is_64 && !is_64)
		return error_new("\"%s\" is a 64-bit vmlinux and has no 32-bit entry; this kernel is %s: load its "
				 "bzImage",
				 path, name);
	return NULL;
}

/*
 * The 64-bit entry is taken with as many levels of page tables as this kernel uses: CR4.LA57 can change outside of long
 * mode only. kexec_file_load checks the same (arch/x86/kernel/kexec-bzimage64.c, bzImage64_probe).
 */
static struct error *check_levels(const struct loading *loading)
{
	if (loading->image.kind != IMAGE_BZIMAGE || loading->image.bzimage.entry_five_level ||
	    kernel_map_levels(loading->machine.root, loading->machine.arch) != 5)
		return NULL;
	return error_new("the 64-bit entry of \"%s\" cannot be taken from this kernel, which uses page tables of five "
			 "levels (Linux 5.2 and later allow it): %sstart this one with no5lvl",
			 loading->request->kernel, loading->is_jump ? "" : "give --entry-32bit, or ");
}

static struct error *describe(struct linux_load *load)
{
	const struct loading *loading = load->loading;

	struct error *error = check_width(loading);

	load->entry_64 = loading->machine.arch->is_64 && !uses_32bit_entry(loading);
	if (!error && load->entry_64)
		error = check_levels(loading);
	if (error)
		return error;
	load->address_end = 4 * GIB;
	if (loading->image.kind == IMAGE_BZIMAGE)
		return describe_bzimage(load);
	load->cmdline_limit = VMLINUX_CMDLINE_BYTES;
	load->initrd_end = load->entry_64 ? 4 * GIB : (uint64_t)VMLINUX_INITRD_MAX_32 + 1;
	return NULL;
}

/* Once the command line is known. A vmlinux, which does not contain its limits, is kept below 4 GiB anyway. */
static void keep_within_levels(struct linux_load *load)
{
	if (load->bzimage && load->bzimage->five_level && !cmdline_has_early_word(load->loading->cmdline, "no5lvl"))
		return;
	if (load->address_end > FOUR_LEVEL_END)
		load->address_end = FOUR_LEVEL_END;
	if (load->initrd_end > FOUR_LEVEL_END)
		load->initrd_end = FOUR_LEVEL_END;
}

static void make_needs(const struct linux_load *load, struct plan_need *ret_needs)
{
	uint64_t initrd = load->loading->initrd.size;
	bool high_entry = load->entry_64 && load->loading->policy->entry_above_4g;

	/* A vmlinux has fixed addresses. */
	if (load->bzimage)
		ret_needs[NEED_KERNEL] = loading_kernel_need(load->bzimage, load->address_end);
	ret_needs[NEED_PURGATORY] =
		(struct plan_need){ .what = "purgatory",
				    .size_bytes = PURGATORY_SIZE_BYTES,
				    .within = { MIB, high_entry ? SPAN_ADDRESS_END : 4 * GIB } };
	ret_needs[NEED_PARAMETERS] = (struct plan_need){ .what = "parameters",
							 .size_bytes = boot_params_size(&load->input),
							 .within = { MIB, load->address_end } };
	ret_needs[NEED_INITRD] = (struct plan_need){ .what = "initrd",
						     .size_bytes = initrd,
						     .within = { MIB, load->initrd_end },
						     .high = true };
}

static struct error *place(struct linux_load *load)
{
	struct loading *loading = load->loading;
	struct plan_need needs[NEED_COUNT] = { 0 };
	size_t first = load->bzimage ? NEED_KERNEL : NEED_PURGATORY;
	struct error *error = NULL;

	if (!load->bzimage) {
		allow_low_memory(loading);
		error = elf_place(&loading->plan, loading->where, &loading->image);
	}
	make_needs(load, needs);
	if (!error)
		error = plan_place(&loading->plan, loading->where, needs + first, NEED_COUNT - first, load->starts + first);
	return error;
}

static void fill(struct linux_load *load)
{
	struct loading *loading = load->loading;
	struct plan *plan = &loading->plan;
	size_t cmdline_offset;

	if (load->bzimage) {
		plan_fill(plan, load->starts[NEED_KERNEL], load->bzimage->kernel);
		load->entry = load->starts[NEED_KERNEL] + (load->entry_64 ? BZIMAGE_ENTRY_64 : 0);
	} else {
		load->entry = loading->image.elf.entry;
	}
	if (loading->initrd.size) {
		plan_fill(plan, load->starts[NEED_INITRD], loading->initrd);
		load->input.initrd = span_of(load->starts[NEED_INITRD], loading->initrd.size);
	}
	uint64_t parameters = load->starts[NEED_PARAMETERS];
	uint8_t *block = boot_params_build(&load->input, parameters, &cmdline_offset);

	plan_fill_owned(plan, parameters, block, boot_params_size(&load->input));

	struct purgatory_param param = {
		.target_mode = load->entry_64 ? PURGATORY_TARGET_64 : PURGATORY_TARGET_32,
		.entry = load->entry,
		.regs.si = parameters,
		.cmdline = parameters + cmdline_offset,
		.cmdline_size_bytes = (uint32_t)load->input.cmdline_room_bytes,
		.note_entry = loading->headers.note_entry,
		.local_gdt = loading->kernel_map.gdt,
	};

	loading_set_purgatory(loading, load->starts[NEED_PURGATORY], param);
}

/* The running kernel has checked the tree of this boot. */
static struct error *find_device_tree(const struct loading *loading, struct bytes *ret_tree)
{
	const struct machine *machine = &loading->machine;

	if (loading->request->dtb)
		return error_prefix(device_tree_blob(loading->device_tree_file.bytes, ret_tree), "device tree \"%s\"",
				    loading->request->dtb);
	if (loading->request->force_dtb && machine->device_tree)
		*ret_tree = (struct bytes){ (const uint8_t *)machine->device_tree, machine->device_tree_size_bytes };
	return NULL;
}

static struct error *make_input(struct linux_load *load)
{
	struct loading *loading = load->loading;
	const struct request *request = loading->request;

	load->input = (struct boot_params_input){
		.machine = &loading->machine,
		.bzimage = load->bzimage,
		.entry_64 = load->entry_64,
		.memmap = &loading->memmap,
		.cmdline = loading->cmdline,
		.cmdline_room_bytes = strlen(loading->cmdline) + 1 + loading->policy->cmdline_room,
		.screen = screen_choose(&loading->machine, request->reset_vga, request->reuse_video_type),
		.no_efi = request->no_efi,
		.rng_seed = load->rng_seed,
	};
	/* No seed for --dry-run: its plan is the same each time. Soon after boot there may be no randomness yet. */
	if (!request->dry_run && getrandom(load->rng_seed, sizeof(load->rng_seed), GRND_NONBLOCK) < 0)
		load->input.rng_seed = NULL;
	return find_device_tree(loading, &load->input.device_tree);
}

/*
 * Kernels take ACPI's root pointer from the boot parameters from Linux 5.0 on (arch/x86/kernel/acpi/boot.c,
 * acpi_arch_get_root_pointer); 2.15, of Linux 5.5, is the first protocol that proves it. Others find it by EFI, if that
 * is passed on, or below 1 MiB, where a BIOS has it, or by acpi_rsdp= on the command line (drivers/acpi/osl.c).
 */
static bool needs_rsdp_word(const struct linux_load *load)
{
	const struct loading *loading = load->loading;
	const struct boot_params_input input = { .machine = &loading->machine,
						 .bzimage = load->bzimage,
						 .entry_64 = load->entry_64,
						 .no_efi = loading->request->no_efi };
	AUTO_FREE char *given = NULL;

	return loading->machine.acpi_rsdp >= MIB && !(load->bzimage && load->bzimage->protocol >= PROTOCOL_2_15) &&
	       !boot_params_pass_efi(&input) && !cmdline_find(loading->cmdline, "acpi_rsdp", &given);
}

static void add_rsdp_word(struct linux_load *load)
{
	struct loading *loading = load->loading;

	if (!needs_rsdp_word(load))
		return;

	AUTO_FREE char *before = loading->cmdline;
	AUTO_FREE char *word = xasprintf("acpi_rsdp=0x%" PRIx64, loading->machine.acpi_rsdp);

	loading->cmdline = cmdline_join(before, word);
}

/* The requirements on a window, as far as they are known before the choice; purgatory is below 4 GiB. */
static struct window_requirements make_requirements(const struct linux_load *load)
{
	const struct loading *loading = load->loading;
	struct window_requirements requirements = { .address_end = 4 * GIB, .kernel_align = 2 * MIB,
						    .spare_bytes = loading->request->spare_bytes };

	if (load->bzimage) {
		requirements.kernel_size = load->bzimage->init_size_bytes;
		requirements.kernel_align = load->bzimage->kernel_alignment;
		requirements.kernel_start = load->bzimage->pref_address;
	} else {
		requirements.kernel_start = elf_extent(&loading->image.elf).start;
		for (size_t i = 0; i < loading->image.elf.segment_count; i++)
			requirements.kernel_size += loading->image.elf.segments[i].memory_size;
	}
	requirements.other_size = loading->initrd.size + PURGATORY_SIZE_BYTES +
			  jump_headers_size_limit(loading) + BOOT_PARAMS_BYTES * 8 +
			  loading->device_tree_file.bytes.size + loading->machine.device_tree_size_bytes;
	return requirements;
}

/* What a kernel and the first programs need besides itself and its files: seen to work with 6 MiB. */
#define LEAST_TO_RUN_BYTES (4 * MIB)

/*
 * A kernel that saves this one, and finds too little memory to start, cannot come back. The initramfs is unpacked there, to
 * twice its size if it is packed.
 */
static struct error *check_room_to_run(const struct loading *loading, const struct window_requirements *requirements)
{
	const struct bytes initrd = loading->initrd;
	uint64_t there = span_set_size(&loading->window.memory);
	uint64_t unpacked = initrd.size * (initrd.size > 4 && !memcmp(initrd.data, "0707", 4) ? 1 : 2);
	uint64_t needed = requirements->kernel_size + requirements->other_size + unpacked + LEAST_TO_RUN_BYTES;

	if (!requirements->spare_bytes || there >= needed)
		return NULL;

	AUTO_FREE char *there_text = size_text(there);
	AUTO_FREE char *needed_text = size_text(needed);

	return error_new("%s has %s, and the kernel in it needs %s to run, without which it could not come back: it takes a "
			 "larger window, a smaller initramfs, or more memory",
			 loading->where ? loading->where : "the window", there_text, needed_text);
}

/* The plan's lines on screen, EFI and device tree. */
static void add_details(const struct linux_load *load)
{
	struct loading *loading = load->loading;
	size_t efi_count = loading->machine.efi.entry_count;
	AUTO_FREE char *screen = screen_text(&loading->machine, load->input.screen);

	if (screen)
		loading_add_detail(loading, "screen    %s", screen);
	if (boot_params_pass_efi(&load->input))
		loading_add_detail(loading, "efi       %zu runtime ranges", efi_count);
	else if (efi_count)
		loading_add_detail(loading, "efi       not passed on");
	if (load->input.device_tree.size)
		loading_add_detail(loading, "dtb       %zu bytes", load->input.device_tree.size);
}

struct error *load_linux(struct loading *loading)
{
	struct linux_load load = { .loading = loading };
	struct error *error = describe(&load);

	if (error)
		return error;
	loading->cmdline = loading_base_cmdline(loading);
	keep_within_levels(&load);
	add_rsdp_word(&load);
	struct window_requirements requirements = make_requirements(&load);

	error = loading->policy->choose_memory(loading, &requirements);
	if (!error)
		error = check_room_to_run(loading, &requirements);
	if (!error)
		error = loading->policy->build_map_and_headers(loading);
	if (!error)
		error = loading_check_cmdline(loading, load.cmdline_limit);
	if (error)
		return error;
	error = make_input(&load);
	if (!error)
		error = place(&load);
	if (error)
		return error;
	fill(&load);
	add_details(&load);
	return NULL;
}
