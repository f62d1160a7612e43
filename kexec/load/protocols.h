/* SPDX-License-Identifier: GPL-2.0-only */
/* The boot protocols, one file each: they place and fill the parts and set the entry. */
#ifndef KJ_PROTOCOLS_H
#define KJ_PROTOCOLS_H

#include "kexec/plan/loading.h"

/* Places and fills a Linux kernel (bzImage, or a vmlinux) with its parameters, initrd and purgatory. */
struct error *load_linux(struct loading *loading);

/* The same through a bzImage's setup code, which asks the BIOS. Errors: also no such code, no BIOS, a wrong vga=. */
struct error *load_real_mode(struct loading *loading);

/* Places and fills an ELF program; a jump goes through the gate, an ordinary load through purgatory. */
struct error *load_program(struct loading *loading);

/* Places a multiboot image with its modules and its information. */
struct error *load_multiboot(struct loading *loading);

/* Whether the file is a snapshot: an ELF core of a kernel that was jumped from, with its KJUMP note. */
bool loading_is_saved_kernel(const struct loading *loading);

/* Places such a snapshot and the gate to its kernel. */
struct error *load_saved_kernel(struct loading *loading);

/* Whether the file is a kernel that sleeps (save_asleep.h). */
bool loading_is_asleep(const struct loading *loading);

/* Places such a kernel, to be woken by a jump. Errors: another machine, another memory there, a damaged file. */
struct error *load_asleep(struct loading *loading);

/* Places the gate in B through which B jumps back to A. */
struct error *load_jump_back_helper(struct loading *loading);

#endif
