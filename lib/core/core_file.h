/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a kernel as an ELF core file: /proc/kcore (this kernel),
 * /proc/vmcore (the kernel before, or the one that jumped here), or a saved
 * image. PT_LOADs tell how physical and linear addresses go together.
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
 * reads its headers and notes, no memory. The size that such a file tells is
 * not believed. Errors keep their errno value (ENOENT: the kernel does not have it).
 */
struct error *core_file_init(struct core_file *core, const char *root, const char *path);

/* The same for a path as typed; a regular file's segments have to lie within its size, but for those in /proc. */
struct error *core_file_open(struct core_file *core, const char *path);

/*
 * Memory itself as a core: ELF headers at this physical address, as elfcorehdr=
 * names them, whose offsets are physical addresses. `path` is /dev/mem, where
 * read(2) knows the running kernel's own memory only, or a file in its place.
 */
struct error *core_file_open_memory(struct core_file *core, const char *path, uint64_t headers);
void core_file_deinit(struct core_file *core);
#define AUTO_CORE_FILE __attribute__((cleanup(core_file_deinit)))

/* Gives a core its notes, copied, and with them its VMCOREINFO: for other forms of images. */
void core_file_set_notes(struct core_file *core, const void *notes, size_t size);

/* A note by name and type; *ret_desc borrows from the core. */
bool core_file_note(const struct core_file *core, const char *name, uint32_t type, struct bytes *ret_desc);

/* Puts a note in front of the others, in memory; what core_file_note gave before is no longer valid. */
void core_file_add_note(struct core_file *core, const char *name, uint32_t type, const void *desc, size_t size);

/* Whether these bytes are shown by a PT_LOAD, and held by none: who wrote the core left them out (absent_pages.h). */
bool core_file_lacks_phys(const struct core_file *core, uint64_t phys, size_t size);

/* Reads `size` bytes at a physical address that one PT_LOAD holds entirely. */
struct error *core_file_read_phys(const struct core_file *core, uint64_t phys, void *to, size_t size);

/* Linear to physical, through any PT_LOAD that has both. False if none has it, or they cannot be read. */
bool core_file_phys_of(const struct core_file *core, uint64_t linear, uint64_t *ret_phys);

/*
 * The address at which the kernel's direct map shows `phys`: not the alias
 * of the kernel text (x86_64, from 0xffffffff80000000 on). False for i386
 * high memory and for what the core does not hold.
 */
bool core_file_direct_linear_of(const struct core_file *core, uint64_t phys, uint64_t *ret_linear);

/* The kernel text's PT_LOAD on x86_64; NULL if there is none. */
const struct elf_segment *core_file_kernel_text(const struct core_file *core);

#endif
