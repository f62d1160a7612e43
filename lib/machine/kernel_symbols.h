/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of the running kernel's symbols, from /proc/kallsyms. */
#ifndef KJ_KERNEL_SYMBOLS_H
#define KJ_KERNEL_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct kernel_symbol {
	const char *name;
	uint64_t linear; /* UINT64_MAX: not listed (of data, CONFIG_KALLSYMS_ALL lists them) */
};

/* Sets `linear` of each to the first symbol of that name, modules excluded. Errors: /proc/kallsyms cannot be read. */
struct error *kernel_symbols_read(const char *root, struct kernel_symbol *symbols, size_t count);

#endif
