/* SPDX-License-Identifier: GPL-2.0-only */
/* The note of a sleeping kernel's file (include/kjump_asleep_note.h) as a neutral struct. */
#ifndef KJ_ASLEEP_NOTE_H
#define KJ_ASLEEP_NOTE_H

#include "include/kjump_asleep_note.h"
#include "lib/base/span.h"
#include "lib/core/jump_note.h"
#include "purgatory/xxh64.h"

struct asleep_note {
	struct kjump_asleep_note fixed; /* its version and size are set by asleep_note_build */
	struct jump_note jump; /* of the boot that wrote the file: machine, window, levels */
};

void asleep_note_deinit(struct asleep_note *note);
#define AUTO_ASLEEP_NOTE __attribute__((cleanup(asleep_note_deinit)))

/* The room for what the sleeping kernel gets when it is woken. */
struct span asleep_note_room(const struct asleep_note *note);

/* From the note's desc; `from` names the file in messages. Errors: another version, cut off, no such room. */
struct error *asleep_note_parse(struct bytes desc, const char *from, struct asleep_note *ret_note);

/* Builds the note's desc; `jump` is the desc of the KJUMP note. Heap. */
uint8_t *asleep_note_build(const struct kjump_asleep_note *fixed, struct bytes jump, size_t *ret_size);

/* Adds a page to the digest of the file's content. False: it is all zeros, which have no part in it. */
bool asleep_digest_page(struct xxh64 *digest, uint64_t phys, const uint8_t *page);

/* Whether the core is a sleeping kernel's file; if so, *ret_desc is its note, borrowed from the core. */
bool asleep_note_find(const struct core_file *core, struct bytes *ret_desc);

#endif
