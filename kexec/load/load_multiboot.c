/* SPDX-License-Identifier: GPL-2.0-only */
/* A multiboot image with its modules, entered in 32-bit mode. */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "include/boot_params_layout.h"
#include "kexec/format/multiboot_info.h"
#include "kexec/load/elf_place.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/machine/acpi_rsdp.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/screen.h"

struct multiboot_load {
	struct loading *loading;
	struct multiboot_module *modules; /* owned */
	uint64_t entry;
	uint8_t rsdp[ACPI_RSDP_BYTES];
	struct multiboot_info_input input;
};

/*
 * The entry of an ELF file without one in its multiboot header. As in GRUB, which images are tested with, it is
 * a linear address if it lies in a segment's linear addresses.
 */
static uint64_t elf_entry(const struct elf_file *elf)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (elf_is_loaded(segment) && elf->entry >= segment->vaddr &&
		    elf->entry - segment->vaddr < segment->memory_size)
			return segment->paddr + (elf->entry - segment->vaddr);
	}
	return elf->entry;
}

/* Where an image that may be moved goes: it stays at its linked address if that is free. */
static struct error *find_start(const struct multiboot_load *load, struct span linked, uint64_t *ret_start)
{
	const struct multiboot *multiboot = &load->loading->image.multiboot;
	const struct span_set *free = &load->loading->plan.free;
	struct span within = { multiboot->min_address, (uint64_t)multiboot->max_address + 1 };

	if (elf_find_start(free, linked, within, multiboot->align, multiboot->prefers_high, ret_start))
		return NULL;
	return error_new("no room for \"%s\" in %s: it needs %" PRIu64 " KiB from 0x%" PRIx32 " to 0x%" PRIx32,
			 load->loading->request->kernel, load->loading->where, span_size(linked) / 1024,
			 multiboot->min_address, multiboot->max_address);
}

static struct error *place_image(struct multiboot_load *load)
{
	struct loading *loading = load->loading;
	const struct multiboot *multiboot = &loading->image.multiboot;
	struct elf_file *elf = &loading->image.elf;
	struct span linked = elf_extent(elf);
	uint64_t start = linked.start;

	if (linked.end > 4 * GIB)
		return error_new("\"%s\" goes to 0x%" PRIx64 "-0x%" PRIx64 "; a multiboot image has to lie below 4 GiB",
				 loading->request->kernel, linked.start, linked.end - 1);
	if (multiboot->relocatable) {
		struct error *error = find_start(load, linked, &start);
		if (error)
			return error;
	}
	load->entry = (multiboot->has_entry ? multiboot->entry : elf_entry(elf)) + start - linked.start;
	elf_move(elf, start - linked.start);
	if (!span_contains(elf_extent(elf), span_of(load->entry, 1)))
		return error_new("the entry 0x%" PRIx64 " of \"%s\" lies in none of its segments", load->entry,
				 loading->request->kernel);
	load->input.relocatable = multiboot->relocatable;
	load->input.load_base = (uint32_t)start;
	return elf_place(&loading->plan, loading->where, &loading->image);
}

/* Above the image: early page tables of small systems reach from low memory up. */
static struct error *place_above(struct multiboot_load *load, const char *what, uint64_t size, uint64_t *ret_start)
{
	struct loading *loading = load->loading;
	uint64_t end = elf_extent(&loading->image.elf).end;
	struct plan_need need = { .what = what, .size_bytes = size, .within = { end > MIB ? end : MIB, 4 * GIB } };

	return plan_place(&loading->plan, loading->where, &need, 1, ret_start);
}

static struct error *place_modules(struct multiboot_load *load)
{
	struct loading *loading = load->loading;

	for (size_t i = 0; i < loading->module_count; i++) {
		struct module *module = &loading->modules[i];
		struct error *error = place_above(load, "module", module->bytes.size, &module->start);

		if (error)
			return error_prefix(error, "module \"%s\"", module->file.files[0].path);
		plan_fill(&loading->plan, module->start, module->bytes);
		load->modules[i].text = loading->request->modules.items[i];
		load->modules[i].memory = span_of(module->start, module->bytes.size);
	}
	load->input.modules = load->modules;
	load->input.module_count = loading->module_count;
	return NULL;
}

/* The screen that Linux would get; text mode also if purgatory prints on the screen, which it does in text mode only. */
static struct multiboot_screen describe_screen(const struct loading *loading)
{
	const struct request *request = loading->request;
	const struct machine *machine = &loading->machine;
	uint8_t screen_info[SCREEN_INFO_BYTES];

	memcpy(screen_info, machine->boot_params + BP_SCREEN_INFO, sizeof(screen_info));
	screen_fill(screen_info,
		    screen_choose(machine, request->reset_vga || request->console_vga, request->reuse_video_type));
	return multiboot_screen_of(screen_info);
}

static void describe_machine(struct multiboot_load *load)
{
	const struct loading *loading = load->loading;
	const struct machine *machine = &loading->machine;

	load->input.version = loading->image.multiboot.version;
	load->input.cmdline = loading->cmdline;
	load->input.memmap = &loading->memmap;
	load->input.rsdp = (struct bytes){ load->rsdp, acpi_rsdp_read(machine->root, machine->acpi_rsdp, load->rsdp) };
	if (loading->image.multiboot.requests_framebuffer)
		load->input.screen = describe_screen(loading);
}

static struct error *place_info(struct multiboot_load *load, uint64_t *ret_start)
{
	size_t size;
	uint8_t *info = multiboot_info_build(&load->input, 0, &size);
	struct error *error = place_above(load, "multiboot info", size, ret_start);

	free(info);
	if (error)
		return error;
	info = multiboot_info_build(&load->input, (uint32_t)*ret_start, &size);
	plan_fill_owned(&load->loading->plan, *ret_start, info, size);
	return NULL;
}

static struct error *place_all(struct multiboot_load *load)
{
	struct loading *loading = load->loading;
	uint64_t info = 0, purgatory = 0;
	struct error *error = place_image(load);

	if (!error)
		error = place_above(load, "purgatory", PURGATORY_SIZE_BYTES, &purgatory);
	if (!error)
		error = place_modules(load);
	if (error)
		return error;
	describe_machine(load);
	error = place_info(load, &info);
	if (error)
		return error;

	struct purgatory_param param = {
		.target_mode = PURGATORY_TARGET_32,
		.entry = load->entry,
		.regs.ax = load->input.version == 2 ? MULTIBOOT2_BOOT_MAGIC : MULTIBOOT1_BOOT_MAGIC,
		.regs.bx = info,
	};

	loading_set_purgatory(loading, purgatory, param);
	return NULL;
}

/* "PATH ARGUMENTS", as every multiboot loader passes it. */
static char *make_cmdline(const struct loading *loading)
{
	AUTO_FREE char *arguments = loading_base_cmdline(loading);

	return cmdline_concat(loading->request->kernel, arguments);
}

struct error *load_multiboot(struct loading *loading)
{
	struct multiboot_load load = { .loading = loading };

	loading->cmdline = make_cmdline(loading);
	load.modules = xcalloc(loading->module_count + 1, sizeof(*load.modules));

	struct error *error = prepare_all_memory(loading);
	if (!error) {
		allow_low_memory(loading);
		error = place_all(&load);
	}
	free(load.modules);
	return error;
}
