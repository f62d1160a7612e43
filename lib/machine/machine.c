/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "include/boot_params_layout.h"
#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/machine/kernel_cmdline.h"


struct error *machine_arch(const char *root, const struct arch **ret_arch)
{
	AUTO_FREE char *name = NULL;
	struct utsname system;
	/* From 6.1 on this is the kernel's own; uname(2) follows the personality (linux32). */
	struct error *error = read_first_line(root, "/proc/sys/kernel/arch", &name);

	if (error && error_errno_value(error) == ENOENT && !strcmp(root, "/") && !uname(&system)) {
		error_free(error);
		error = NULL;
		name = xstrdup(system.machine);
	}
	if (error)
		return error;

	const struct arch *arch = arch_by_name(name);

	if (!arch)
		return error_new("this machine is a \"%s\"; only x86_64 and i386 are supported", name);
	*ret_arch = arch;
	return NULL;
}

struct error *machine_cmdline(const char *root, char **ret_cmdline)
{
	struct error *error = read_small_file(root, "/proc/cmdline", ret_cmdline, NULL);

	if (error)
		return error;

	/* The kernel ends it with a newline (fs/proc/cmdline.c); a newline within the text is a blank. */
	size_t length = strlen(*ret_cmdline);

	if (length && (*ret_cmdline)[length - 1] == '\n')
		(*ret_cmdline)[length - 1] = '\0';
	return NULL;
}

struct error *machine_is_loaded(const char *root, bool crash, bool *ret_loaded)
{
	/* Newer kernels have a folder of their own, older ones two files (Documentation/ABI/testing/sysfs-kernel-kexec-kdump). */
	const char *const paths[2][2] = { { "/sys/kernel/kexec/loaded", "/sys/kernel/kexec_loaded" },
					  { "/sys/kernel/kexec/crash_loaded", "/sys/kernel/kexec_crash_loaded" } };

	for (size_t i = 0; i < 2; i++) {
		AUTO_FREE char *text = NULL;
		struct error *error = read_small_file(root, paths[crash][i], &text, NULL);

		if (!error) {
			*ret_loaded = text[0] == '1';
			return NULL;
		}
		error_free(error);
	}
	return error_new("cannot read %s: this kernel is built without CONFIG_%s, or /sys is not mounted",
			 paths[crash][1], crash ? "CRASH_DUMP" : "KEXEC");
}

/* Reads a number from a small file; *ret_value stays if there is no such file or no number in it. */
static bool read_number(const char *root, const char *path, uint64_t *ret_value)
{
	AUTO_FREE char *text = first_line_or_null(root, path);

	return text && parse_number(text, ret_value);
}

/* A line of /proc/meminfo; an error if it is missing or 0. */
static struct error *read_meminfo(const char *root, const char *name, uint64_t *ret_bytes)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/meminfo", &text, NULL);

	if (error)
		return error;

	const char *line = strstr(text, name);
	unsigned long long kib = line && line[strlen(name)] == ':' ? strtoull(line + strlen(name) + 1, NULL, 10) : 0;

	if (!kib)
		return error_new("/proc/meminfo contains no %s", name);
	*ret_bytes = (uint64_t)kib * 1024;
	return NULL;
}

struct error *machine_available_memory(const char *root, uint64_t *ret_bytes)
{
	return read_meminfo(root, "MemAvailable", ret_bytes);
}

struct error *machine_obtainable_memory(const char *root, uint64_t *ret_bytes)
{
	/* Caches that the kernel gives up are not all counted by it: ZFS has one of its own. */
	static const char *const kept[] = { "AnonPages", "Shmem", "SUnreclaim", "KernelStack", "PageTables", "Percpu",
					    "Hugetlb" };
	uint64_t bytes, swap = 0;
	struct error *error = read_meminfo(root, "MemTotal", &bytes);

	if (error)
		return error;
	/* A kernel may have none of these lines. */
	error_free(read_meminfo(root, "SwapFree", &swap));
	for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
		uint64_t part = 0;

		error_free(read_meminfo(root, kept[i], &part));
		bytes -= part < bytes ? part : bytes;
	}
	*ret_bytes = bytes + swap;
	return NULL;
}

uint64_t machine_broken_memory(const char *root)
{
	uint64_t bytes = 0;

	error_free(read_meminfo(root, "HardwareCorrupted", &bytes));
	return bytes;
}

struct error *machine_total_memory(const char *root, uint64_t *ret_bytes)
{
	return read_meminfo(root, "MemTotal", ret_bytes);
}

struct error *machine_free_memory(const char *root, uint64_t *ret_free_bytes, uint64_t *ret_total_bytes)
{
	struct error *error = machine_total_memory(root, ret_total_bytes);

	return error ? error : read_meminfo(root, "MemFree", ret_free_bytes);
}

static void read_boot_params(struct machine *machine)
{
	static const char *const paths[] = { "/sys/kernel/boot_params/data", "/sys/kernel/debug/boot_params/data" };

	for (size_t i = 0; i < ARRAY_COUNT(paths) && !machine->has_boot_params; i++) {
		AUTO_FREE char *data = NULL;
		size_t size = 0;
		struct error *error = read_small_file(machine->root, paths[i], &data, &size);

		if (!error && size >= BOOT_PARAMS_BYTES) {
			memcpy(machine->boot_params, data, BOOT_PARAMS_BYTES);
			machine->has_boot_params = true;
		}
		error_free(error);
	}
	machine->acpi_rsdp = load_u64(machine->boot_params + BP_ACPI_RSDP);
}

static void read_efi_runtime_map(struct machine *machine)
{
	size_t capacity = 0;

	/* The kernel numbers the entries from 0 on without a gap. */
	for (size_t i = 0;; i++) {
		struct efi_runtime_entry entry = { 0 };
		uint64_t type = 0;
		const struct {
			const char *name;
			uint64_t *value;
		} fields[] = { { "type", &type },
			       { "phys_addr", &entry.phys },
			       { "virt_addr", &entry.virt },
			       { "num_pages", &entry.page_count },
			       { "attribute", &entry.attribute } };

		for (size_t field = 0; field < ARRAY_COUNT(fields); field++) {
			AUTO_FREE char *path = xasprintf("/sys/firmware/efi/runtime-map/%zu/%s", i, fields[field].name);

			if (!read_number(machine->root, path, fields[field].value))
				return;
		}
		entry.type = (uint32_t)type;
		machine->efi.entries =
			xgrow(machine->efi.entries, &capacity, i + 1, sizeof(*machine->efi.entries));
		machine->efi.entries[machine->efi.entry_count++] = entry;
	}
}

static void read_efi(struct machine *machine)
{
	AUTO_FREE char *systab = NULL;
	struct error *error = read_small_file(machine->root, "/sys/firmware/efi/systab", &systab, NULL);

	if (error) {
		error_free(error);
		return;
	}

	static const char *const rsdp_keys[] = { "ACPI20", "ACPI" };

	for (size_t i = 0; i < ARRAY_COUNT(rsdp_keys) && !machine->acpi_rsdp; i++) {
		AUTO_FREE char *value = line_value(systab, rsdp_keys[i]);

		if (value)
			parse_number(value, &machine->acpi_rsdp);
	}
	AUTO_FREE char *smbios = line_value(systab, "SMBIOS");

	if (smbios)
		parse_number(smbios, &machine->efi.smbios);
	read_number(machine->root, "/sys/firmware/efi/fw_vendor", &machine->efi.fw_vendor);
	read_number(machine->root, "/sys/firmware/efi/runtime", &machine->efi.runtime);
	read_number(machine->root, "/sys/firmware/efi/config_table", &machine->efi.config_table);
	read_efi_runtime_map(machine);
}

/* Heap, NULL if there is none. */
static char *read_if_there(const char *root, const char *path, size_t *ret_size)
{
	char *content = NULL;

	error_free(read_small_file(root, path, &content, ret_size));
	return content;
}

static void read_devices(struct machine *machine)
{
	machine->framebuffer = read_if_there(machine->root, "/sys/class/graphics/fb0/name", NULL);
	if (machine->framebuffer)
		machine->framebuffer[strcspn(machine->framebuffer, "\n")] = '\0';
	machine->device_tree = read_if_there(machine->root, "/sys/firmware/fdt", &machine->device_tree_size_bytes);
}

/* Documentation/ABI/testing/sysfs-kernel-kexec-kdump: "START-LAST" a line, in hex; empty or absent elsewhere. */
static void read_crash_cma(struct machine *machine)
{
	AUTO_FREE char *text = read_if_there(machine->root, "/sys/kernel/kexec/crash_cma_ranges", NULL);
	const char *lines = text;
	char *next;

	while (lines && (next = next_line(&lines))) {
		AUTO_FREE char *line = next;
		const char *cursor = line;
		uint64_t first, last;

		if (parse_hex(&cursor, &first) && *cursor++ == '-' && parse_hex(&cursor, &last) && first <= last)
			span_set_add(&machine->crash_cma, span_of(first, last - first + 1));
	}
}

/*
 * Whether the running kernel has memory of this type that the firmware's map does not have; parts of pages do not count:
 * 636K@4K, a common memmap=, contains part of a page of the BIOS.
 */
static bool has_more(const struct machine *machine, enum memory_type type)
{
	AUTO_SPAN_SET struct span_set running = { 0 }, firmware = { 0 };

	memmap_collect(&machine->iomem.map, type, &running);
	memmap_collect(&machine->firmware_map, type, &firmware);
	span_set_remove_set(&running, &firmware);
	span_set_pages_inward(&running);
	return running.count > 0;
}

/*
 * /sys/firmware/memmap is the e820 map that the running kernel was started with. It lacks what the kernel took over
 * from EFI's own map (add_efi_memmap, or by itself for soft reserved memory: arch/x86/platform/efi/efi.c,
 * do_add_efi_memmap), and in kernels before 4.13 all beyond 128 entries.
 */
static bool knows_more(const struct machine *machine)
{
	AUTO_FREE char *value = NULL;

	return cmdline_find(machine->cmdline, "add_efi_memmap", &value) || has_more(machine, MEMORY_RAM) ||
	       has_more(machine, MEMORY_SOFT_RESERVED);
}

static struct error *read_maps(struct machine *machine)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(machine->root, "/proc/iomem", &text, NULL);

	if (!error)
		error = iomem_parse(text, &machine->iomem);
	if (!error)
		error = firmware_memmap_read(machine->root, &machine->firmware_map);
	if (error)
		return error;
	memmap_collect(&machine->iomem.map, MEMORY_RAM, &machine->ram);
	span_set_add_set(&machine->ram, &machine->iomem.driver_managed);
	read_crash_cma(machine);
	if (knows_more(machine))
		for (size_t i = 0; i < machine->iomem.map.count; i++)
			memmap_set(&machine->firmware_map, machine->iomem.map.entries[i].span,
				   machine->iomem.map.entries[i].type);
	return NULL;
}

struct error *machine_init(struct machine *machine, const char *root)
{
	struct machine read = { .root = xstrdup(root) };
	struct error *error = machine_arch(root, &read.arch);

	if (!error)
		error = machine_cmdline(root, &read.cmdline);
	if (!error)
		error = read_meminfo(root, "MemTotal", &read.total_ram_bytes);
	if (!error)
		error = read_maps(&read);
	if (error) {
		machine_deinit(&read);
		return error;
	}
	read.cpus = cpus_read(root);
	read_boot_params(&read);
	read_efi(&read);
	read_devices(&read);
	*machine = read;
	return NULL;
}

void machine_deinit(struct machine *machine)
{
	free(machine->root);
	free(machine->cmdline);
	iomem_deinit(&machine->iomem);
	span_set_deinit(&machine->ram);
	span_set_deinit(&machine->crash_cma);
	span_set_deinit(&machine->parked);
	memmap_deinit(&machine->firmware_map);
	free(machine->efi.entries);
	free(machine->framebuffer);
	free(machine->device_tree);
	*machine = (struct machine){ 0 };
}
