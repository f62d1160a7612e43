/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine and the running kernel, read once from /proc and /sys below a
 * root folder; a folder of files in their place describes any machine.
 */
#ifndef KJ_MACHINE_H
#define KJ_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/arch.h"
#include "lib/machine/cpus.h"
#include "lib/machine/memmap.h"

/* Size of struct boot_params (Documentation/arch/x86/zero-page.rst). */
#define BOOT_PARAMS_BYTES 4096

struct efi_runtime_entry {
	uint32_t type;
	uint64_t phys, virt, page_count, attribute;
};

/* Empty (runtime_count 0, config_table 0) on a machine not booted by UEFI. */
struct efi {
	uint64_t fw_vendor, runtime, config_table, smbios;
	struct efi_runtime_entry *entries;
	size_t entry_count;
};

struct machine {
	char *root;
	const struct arch *arch; /* of the running kernel */
	char *cmdline;           /* /proc/cmdline without the newline */
	struct cpus cpus;
	struct span_set parked; /* memory in use by offline CPUs (parked_memory.h); empty if a jump may ignore it */
	struct iomem iomem;
	struct span_set ram;        /* the running kernel's memory, including memory that a driver has added */
	struct span_set crash_cma;  /* free for a crash kernel, used until then: crashkernel=…,cma (Linux 6.17) */
	struct memmap firmware_map; /* the map for the next kernel: the firmware's, with this kernel's additions */
	uint64_t total_ram_bytes;   /* totalram_pages, by MemTotal of /proc/meminfo */
	bool has_boot_params;
	uint8_t boot_params[BOOT_PARAMS_BYTES]; /* those the running kernel was booted with */
	uint64_t acpi_rsdp;                     /* 0: the next kernel must search for it */
	struct efi efi;
	char *framebuffer;  /* name of the current driver of /dev/fb0; NULL: none */
	char *device_tree;  /* the flattened device tree of this boot; NULL: none */
	size_t device_tree_size_bytes;
};

/* Reads all of it. Errors: no /proc/iomem, not root, an architecture that is not x86. */
struct error *machine_init(struct machine *machine, const char *root);
void machine_deinit(struct machine *machine);
#define AUTO_MACHINE __attribute__((cleanup(machine_deinit)))

/* Only the running kernel's architecture. */
struct error *machine_arch(const char *root, const struct arch **ret_arch);

/* /proc/cmdline below `root`, without the newline; heap. */
struct error *machine_cmdline(const char *root, char **ret_cmdline);

/* Memory available without swapping, by the kernel's estimate (MemAvailable). Error: Linux before 3.14 has none. */
struct error *machine_available_memory(const char *root, uint64_t *ret_bytes);

/*
 * All that the kernel could have for itself: what is neither programs' nor its own for good, and what fits into swap. It
 * gets less, as pages may be locked or in use. Error: /proc/meminfo does not say.
 */
struct error *machine_obtainable_memory(const char *root, uint64_t *ret_bytes);

/* Memory that the kernel has given up because of errors (HardwareCorrupted): to read it stops the machine. 0: none is known. */
uint64_t machine_broken_memory(const char *root);

/* MemTotal of /proc/meminfo: without what the kernel has kept to itself from the start. */
struct error *machine_total_memory(const char *root, uint64_t *ret_bytes);

/* Memory that is not in use, not even as page cache (MemFree), and all memory (MemTotal). */
struct error *machine_free_memory(const char *root, uint64_t *ret_free_bytes, uint64_t *ret_total_bytes);

/* Whether a kexec image for kexec -e (`crash`: a crash kernel) is loaded. Error: the kernel has no kexec. */
struct error *machine_is_loaded(const char *root, bool crash, bool *ret_loaded);

#endif
