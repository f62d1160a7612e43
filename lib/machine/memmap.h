/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map of physical memory: every byte has at most one type. The types are
 * the e820 numbers (Linux arch/x86/include/asm/e820/types.h), as /proc/iomem
 * and /sys/firmware/memmap list them and boot_params takes them.
 */
#ifndef KJ_MEMMAP_H
#define KJ_MEMMAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"

/* End of the RAM that real mode can address; adapters follow. */
#define LOW_MEMORY_END 0xa0000

enum memory_type {
	MEMORY_NONE = 0,
	MEMORY_RAM = 1,
	MEMORY_RESERVED = 2,
	MEMORY_ACPI = 3,
	MEMORY_NVS = 4,
	MEMORY_UNUSABLE = 5,
	MEMORY_PERSISTENT = 7,
	MEMORY_PERSISTENT_LEGACY = 12,
	MEMORY_SOFT_RESERVED = (int)0xefffffff,
};

struct memmap_entry {
	struct span span;
	enum memory_type type;
};

/*
 * Sorted, disjoint; neighbours of one type are merged, except soft reserved and legacy persistent memory: the end of
 * such a range may be the border of a node or protection domain (Linux e820_nomerge, arch/x86/kernel/e820.c).
 */
struct memmap {
	struct memmap_entry *entries;
	size_t count;
	size_t capacity;
};

void memmap_deinit(struct memmap *map);
#define AUTO_MEMMAP __attribute__((cleanup(memmap_deinit)))

/*
 * Sets the type of `span` and replaces earlier types; MEMORY_NONE removes it.
 * Searches, and moves later entries; calls in ascending order do neither.
 */
void memmap_set(struct memmap *map, struct span span, enum memory_type type);

/* All spans of one type. Adds to *ret_set. */
void memmap_collect(const struct memmap *map, enum memory_type type, struct span_set *ret_set);

/*
 * The map as words of a kernel's command line (Documentation/admin-guide/kernel-parameters.txt, memmap=):
 * "memmap=exactmap", which makes the kernel forget every other map, and one word for each range of RAM (@), ACPI
 * tables (#) and legacy persistent memory (!). Reserved memory needs no word, as it is no RAM. Nor does the persistent
 * memory that ACPI's NFIT describes: its driver asks the NFIT. Heap.
 */
char *memmap_words(const struct memmap *map);

/* "RAM", "reserved", "ACPI", … */
const char *memory_type_name(enum memory_type type);

/* The memory in /proc/iomem (kernel/resource.c, arch/x86/kernel/e820.c). */
struct iomem {
	struct memmap map;             /* typed entries at any depth */
	struct span_set kernel_image;  /* Kernel code, rodata, data, bss */
	struct span_set crash_kernel;  /* the reserved crashkernel regions */
	/*
	 * RAM that a driver has added and may take away, "System RAM (kmem)" and the like: not in `map`, which
	 * has the range around it. The next kernel gets it from that driver, as after a boot (mm/memory_hotplug.c,
	 * IORESOURCE_SYSRAM_DRIVER_MANAGED).
	 */
	struct span_set driver_managed;
};

/*
 * Parses the text of /proc/iomem. Errors: no System RAM in it; all addresses
 * zero (read without CAP_SYS_ADMIN).
 */
struct error *iomem_parse(const char *text, struct iomem *ret_iomem);
void iomem_deinit(struct iomem *iomem);

/*
 * The firmware's map as the kernel got it, from /sys/firmware/memmap below
 * `root` (Documentation/ABI/testing/sysfs-firmware-memmap). An empty map if
 * the kernel does not provide it.
 */
struct error *firmware_memmap_read(const char *root, struct memmap *ret_map);

#endif
