/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's log in its memory, written as the kernel's own writer does
 * (kernel/printk): old records give way when there is no room, and what would
 * cross the end of a ring goes to its beginning.
 */
#ifndef KJ_TESTS_LOG_BUILDER_H
#define KJ_TESTS_LOG_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/fixtures.h"

enum log_form { LOG_CHARACTERS, LOG_RECORDS, LOG_RECORDS_BEFORE_3_11, LOG_RING, LOG_FORM_COUNT };

/* Where things are in `memory`. */
enum {
	LOG_VARIABLES_AT = 0,
	LOG_MAIN_AT = 0x100,  /* struct printk_ringbuffer */
	LOG_DESCS_AT = 0x200,
	LOG_INFOS_AT = 0x600,
	LOG_TEXT_AT = 0x1000, /* log_buf, or the ring of text */
	LOG_DESC_COUNT = 16,
	LOG_TEXT_BYTES = 1024,
	LOG_MEMORY_BYTES = LOG_TEXT_AT + LOG_TEXT_BYTES,
};

struct log_builder {
	enum log_form form;
	bool is_64;
	uint64_t linear;      /* of `memory`'s first byte */
	struct buffer memory; /* owned */
	uint64_t begin, end;  /* oldest and next: characters, bytes in log_buf, or descriptors' identifiers */
	uint64_t text_begin, text_end; /* of the ring of text: positions */
};

void log_begin(struct log_builder *log, enum log_form form, bool is_64, uint64_t linear);
void log_end(struct log_builder *log);
#define AUTO_LOG __attribute__((cleanup(log_end)))

/* The kernel says something, as thread 7. */
void log_say(struct log_builder *log, uint64_t time_ns, const char *text);

/* The newest record of a ring gets this state (0 to 3; log_say leaves it finalized, 2). */
void log_set_state(struct log_builder *log, unsigned int state);

/* What VMCOREINFO says of it. Heap. */
char *log_vmcoreinfo(const struct log_builder *log);

/* Reads `size` bytes of its memory: the `read` of struct kernel_log_source, with the builder as context. */
struct error *log_memory_read(void *log, uint64_t linear, void *to, size_t size);

#endif
