/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a kernel as an ELF core file: /proc/kcore (this kernel),
 * /proc/vmcore (the crashed kernel, or the one that jumped here), or a
 * snapshot. PT_LOADs relate physical and linear addresses.
 */
#ifndef KJ_CORE_FILE_H
#define KJ_CORE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/core_segment.h"

/*
 * Opens a file of the kernel's (/proc/kcore, /proc/vmcore) below `root` and
 * reads its headers and notes, no memory. Ignores the size that such a file
 * reports. Errors keep their errno value (ENOENT: the kernel does not have it).
 */
struct error *core_file_init(struct core_file *core, const char *root, const char *path);

/* The same for a path as typed; the segments of a regular file outside of /proc must lie within its size. */
struct error *core_file_open(struct core_file *core, const char *path);

/*
 * Memory itself as a core: ELF headers at this physical address, as elfcorehdr=
 * names them, whose offsets are physical addresses. `path` is /dev/mem, which
 * is mapped, as its read(2) covers the running kernel's own memory only; or a
 * file in its place.
 */
struct error *core_file_open_memory(struct core_file *core, const char *path, uint64_t headers);
void core_file_deinit(struct core_file *core);
#define AUTO_CORE_FILE __attribute__((cleanup(core_file_deinit)))

/* Sets a core's notes, copied, and with them its VMCOREINFO: for other forms of snapshots. */
void core_file_set_notes(struct core_file *core, const void *notes, size_t size);

/* A note by name and type; *ret_desc borrows from the core. */
bool core_file_note(const struct core_file *core, const char *name, uint32_t type, struct bytes *ret_desc);

/* Adds a note before the others, in memory; results of earlier core_file_note calls become invalid. */
void core_file_add_note(struct core_file *core, const char *name, uint32_t type, const void *desc, size_t size);

/* Whether a PT_LOAD lists these bytes, and none has their content: the core's writer left them out (absent_pages.h). */
bool core_file_lacks_phys(const struct core_file *core, uint64_t phys, size_t size);

/* Reads `size` bytes at a physical address, the content of which one PT_LOAD has entirely. */
struct error *core_file_read_phys(const struct core_file *core, uint64_t phys, void *to, size_t size);

/* Linear to physical, through any PT_LOAD with both. False if none contains it, or the headers cannot be read. */
bool core_file_phys_of(const struct core_file *core, uint64_t linear, uint64_t *ret_phys);

/*
 * The address of `phys` in the kernel's direct map: not the alias of the
 * kernel text (x86_64, from 0xffffffff80000000 on). False for i386 high
 * memory and for memory that is not in the core.
 */
bool core_file_direct_linear_of(const struct core_file *core, uint64_t phys, uint64_t *ret_linear);

/* The kernel text's PT_LOAD on x86_64; NULL if there is none. */
const struct elf_segment *core_file_kernel_text(const struct core_file *core);

#endif
