/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of a kernel that no longer runs, read from its memory. It has one of
 * three forms (kernel/printk/), which the keys of VMCOREINFO distinguish:
 *
 *	before 3.5	text, "<6>[    0.000000] …", in a ring of characters
 *	3.6 to 5.9	records of struct log, later printk_log, in a ring of bytes
 *	from 5.10 on	a ring of descriptors and infos, and a ring of text
 *
 * The code does not trust the memory: it may be damaged, or forged.
 */
#ifndef KJ_KERNEL_LOG_H
#define KJ_KERNEL_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* The kernel's memory. */
struct kernel_log_source {
	const char *vmcoreinfo; /* text of the note */
	bool is_64;             /* width of its pointers and longs */
	/* Reads all of [linear, linear + size). */
	struct error *(*read)(void *context, uint64_t linear, void *to, size_t size);
	void *context;
};

struct log_record {
	bool has_time;      /* false: the text begins with the time, if there is one */
	uint64_t time_ns;
	bool has_caller;
	uint32_t caller;    /* thread's id, or with bit 31 the CPU's number */
	struct bytes text;  /* borrowed; may hold any bytes, newlines too, none at the end */
};

/*
 * Calls `take` with each record, oldest first, until it returns an error.
 * Records that the kernel had not finished are left out. Errors: VMCOREINFO
 * names no log; unreadable memory; impossible sizes.
 */
struct error *kernel_log_read(const struct kernel_log_source *source,
			      struct error *(*take)(void *context, const struct log_record *record), void *context);

/*
 * The record as dmesg prints it, "[    1.234567] text" and a newline, each
 * line of it with the time; other than printable ASCII as \xNN. With
 * `with_caller` "[    1.234567][    T1] text" if the caller is known. Heap.
 */
char *log_record_text(const struct log_record *record, bool with_caller);

#endif
