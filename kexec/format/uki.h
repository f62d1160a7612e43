/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A unified kernel image: a PE file whose sections are a kernel, its initrds
 * and its command line (UAPI.5 Unified Kernel Image). Its EFI stub is not run.
 */
#ifndef KJ_UKI_H
#define KJ_UKI_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

struct uki {
	struct bytes kernel;   /* .linux */
	struct bytes *initrds; /* .ucode, then .initrd, which may be there several times; the array is owned */
	size_t initrd_count;
	char *cmdline;         /* .cmdline without newlines and NULs at its end; NULL if there is none; owned */
	char *os_name;         /* PRETTY_NAME or ID of .osrel; NULL; owned */
};

/* True for a PE file with a section .linux. */
bool uki_probe(struct bytes bytes);

/*
 * Parses and checks; borrows from `bytes`. Of several profiles the first
 * is used: its sections replace those of the same kind before it. Errors: no
 * PE file or a damaged one, for a machine that is not x86, a section twice, a
 * command line with a NUL in it.
 */
struct error *uki_init(struct uki *uki, struct bytes bytes);
void uki_deinit(struct uki *uki);
#define AUTO_UKI __attribute__((cleanup(uki_deinit)))

#endif
