/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a load: the segments and their content, the entry and the
 * flags. A plan is built in free memory, completed with shadow segments for a
 * jump, checked against the kernel's limits, and only then passed to the
 * kernel or printed.
 */
#ifndef KJ_PLAN_H
#define KJ_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/span.h"

/* KEXEC_SEGMENT_MAX, include/uapi/linux/kexec.h */
#define PLAN_SEGMENT_MAX 16

/* A part that needs memory, and where it may be. */
struct plan_need {
	const char *what;      /* "kernel", "initrd"; must outlive the plan */
	uint64_t size_bytes;   /* of memory; rounded up to pages; 0: nothing is needed */
	uint64_t align;        /* a power of two; at least a page is used */
	struct span within;
	bool high;             /* prefer the highest place to the lowest */
};

struct plan_segment {
	const char *what;   /* "shadow" for memory that is only kept */
	struct span memory; /* whole pages */
	struct bytes data;  /* content of its beginning; borrowed unless owned is set. The rest is zeroed. */
	uint8_t *owned;     /* heap memory behind data, freed with the plan */
	bool undigested;    /* its content changes after the digest is made: purgatory itself */
};

struct plan {
	struct plan_segment *segments; /* in order of address once completed */
	size_t count;
	size_t capacity;
	struct span_set free; /* memory without segments, for more of them */
	uint64_t entry;       /* physical */
	uint32_t flags;       /* of kexec_load(2), the architecture's included */
};

/* `free` is where the plan may place segments; copied. */
void plan_init(struct plan *plan, const struct span_set *free);
void plan_deinit(struct plan *plan);
#define AUTO_PLAN __attribute__((cleanup(plan_deinit)))

/*
 * Places every need, in order, as a segment without data; ret_starts gets
 * the addresses, 0 where nothing is needed. The error, when one does not fit, lists all of them with
 * their sizes and the room left; `where` names the memory ("the window
 * 0x1000000-0x8ffffff").
 */
struct error *plan_place(struct plan *plan, const char *where, const struct plan_need *needs, size_t count,
			 uint64_t *ret_starts);

/* Adds a segment at a fixed address, which must be free; `what` as in plan_need. */
struct error *plan_place_at(struct plan *plan, const char *where, const char *what, struct span memory);

/* The segment that starts at `start`, which must exist. */
struct plan_segment *plan_segment_at(struct plan *plan, uint64_t start);

/* Fills the segment that starts at `start` with borrowed bytes, or with heap memory that the plan then owns. */
void plan_fill(struct plan *plan, uint64_t start, struct bytes data);
void plan_fill_owned(struct plan *plan, uint64_t start, uint8_t *data, size_t size);

/*
 * Sorts the segments. With `keep` (page aligned spans that hold all of
 * them), makes them cover all of it: a segment is stretched to the next one,
 * memory before the first becomes a shadow segment. NULL for an ordinary load.
 */
void plan_complete(struct plan *plan, const struct span_set *keep);

/*
 * The kernel's conditions (kernel/kexec_core.c, sanity_check_segment_list):
 * at most 16 segments, each and all together at most half of memory, no
 * overlap, page aligned. Errors contain the limit and the numbers.
 */
struct error *plan_check(const struct plan *plan, uint64_t total_ram_bytes);

#endif
