/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a request to a plan: everything is decided and checked here, before the system call. One file for
 * each boot protocol.
 */
#ifndef KJ_LOAD_H
#define KJ_LOAD_H

#include <stdio.h>

#include "kexec/plan/loading.h"

/* Reads everything the request names and plans the load. Errors: whatever refuses it. */
struct error *loading_init(struct loading *loading, const struct request *request);
void loading_deinit(struct loading *loading);
#define AUTO_LOADING __attribute__((cleanup(loading_deinit)))

/* Adds a line to the details that the plan is printed with; `format` without a newline. */
void loading_add_detail(struct loading *loading, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the whole plan as stable text. */
void loading_print(const struct loading *loading, FILE *to);

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

/* The new kernel's command line as far as it is known before addresses are: --append, --reuse-cmdline, a UKI's. Heap. */
char *loading_base_cmdline(const struct loading *loading);

/* The length of the command line, with what purgatory appends, against the longest this kernel takes. */
struct error *loading_check_cmdline(const struct loading *loading, uint32_t limit);

/* Where a bzImage may run, below `address_end`. */
struct plan_need loading_kernel_need(const struct bzimage *bzimage, uint64_t address_end);

/* True if the image is a Linux kernel, in whatever form; a plain program otherwise. */
bool loading_is_linux(const struct loading *loading);

#endif
