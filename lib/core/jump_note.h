/* SPDX-License-Identifier: GPL-2.0-only */
/* The KJUMP note (include/kjump_note.h) as a neutral struct, read and written in one place. */
#ifndef KJ_JUMP_NOTE_H
#define KJ_JUMP_NOTE_H

#include "include/kjump_note.h"
#include "lib/base/error.h"
#include "lib/base/span.h"
#include "lib/core/core_file.h"

struct jump_note {
	struct kjump_note fixed; /* its counts and size are set by jump_note_build */
	struct span_set window;  /* B's window and low memory; whole pages */
	struct span_set memory;  /* the rest of A's memory; whole pages */
};

void jump_note_deinit(struct jump_note *note);
#define AUTO_JUMP_NOTE __attribute__((cleanup(jump_note_deinit)))

/* The note of a vmcore or a snapshot. Errors: no note, another version, cut off, spans out of order. */
struct error *jump_note_find(const struct core_file *core, struct jump_note *ret_note);

/* The same from the note's desc; `from` names the file in messages. */
struct error *jump_note_parse(struct bytes desc, const char *from, struct jump_note *ret_note);

/* Builds the note's desc; heap. */
uint8_t *jump_note_build(const struct jump_note *note, size_t *ret_size);

/* Upper bound of jump_note_build's size for so many spans, in bytes. */
size_t jump_note_size_limit(size_t span_count);

#endif
