/* SPDX-License-Identifier: GPL-2.0-only */
/* The boot protocols, one file each: what they place, fill and enter. */
#ifndef KJ_PROTOCOLS_H
#define KJ_PROTOCOLS_H

#include "kexec/plan/loading.h"

/* Places and fills a Linux kernel (bzImage, or a vmlinux) with its parameters, initrd and purgatory. */
struct error *load_linux(struct loading *loading);

/* The same through a bzImage's setup code, which asks the BIOS. Errors: also no such code, no BIOS, vga= is no mode. */
struct error *load_real_mode(struct loading *loading);

/* Places and fills an ELF program; a jump goes through the gate, an ordinary load through purgatory. */
struct error *load_program(struct loading *loading);

/* Places a multiboot image with its modules and what it is told. */
struct error *load_multiboot(struct loading *loading);

/* Whether the image is a kernel that was jumped from, saved with its KJUMP note. */
bool loading_is_saved_kernel(const struct loading *loading);

/* Places such an image and the gate to its kernel. */
struct error *load_saved_kernel(struct loading *loading);

/* The gate in B by which it goes back to A. */
struct error *load_jump_back_helper(struct loading *loading);

#endif
