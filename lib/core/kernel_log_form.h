/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the forms of a kernel's log (kernel_log.h): reads of variables that VMCOREINFO names. */
#ifndef KJ_KERNEL_LOG_FORM_H
#define KJ_KERNEL_LOG_FORM_H

#include "lib/core/kernel_log.h"

struct log_reading {
	const struct kernel_log_source *source;
	struct error *(*take)(void *context, const struct log_record *record);
	void *context;
};

struct error *log_read(const struct log_reading *log, uint64_t linear, void *to, size_t size);

/* A little-endian number of `size` (at most 8) bytes. */
struct error *log_read_number(const struct log_reading *log, uint64_t linear, size_t size, uint64_t *ret_value);

/* An array, as heap memory; `what` for messages. An impossible size is also an error. */
struct error *log_read_array(const struct log_reading *log, const char *what, uint64_t linear, uint64_t count,
			     uint64_t item_bytes, struct bytes *ret_array);

/* Bytes of the kernel's pointers and longs. */
size_t log_long_bytes(const struct log_reading *log);

#endif
