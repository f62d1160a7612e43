/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packs chunks on several processors, and hands them back in the order in
 * which they were begun. One thread uses it; its own threads pack.
 */
#ifndef KJ_CHUNK_PIPELINE_H
#define KJ_CHUNK_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "lib/base/error.h"

struct chunk_job {
	uint8_t *raw;     /* to be filled: KHIMAGE_CHUNK_BYTES of room */
	size_t raw_bytes; /* whole pages; 0 in a new one */
	/* When it is packed: */
	struct khimage_chunk chunk;
	const uint8_t *result; /* chunk.stored_bytes */
	/* The pipeline's own: */
	uint8_t *packed;
	bool is_done;
};

struct chunk_pipeline;

/*
 * A thread for each processor that this process may use, but no more than
 * four, which is what keeps kdump within its memory. Error: not one thread.
 */
struct error *chunk_pipeline_create(struct chunk_pipeline **ret_pipeline, uint32_t compression);
void chunk_pipeline_destroy(struct chunk_pipeline *pipeline); /* takes NULL */

/* A chunk to fill; NULL if all there are were begun: then take the oldest out first. */
struct chunk_job *chunk_pipeline_begin(struct chunk_pipeline *pipeline);

/* What was begun last is full. */
void chunk_pipeline_submit(struct chunk_pipeline *pipeline);

/* Waits until the oldest submitted chunk is packed; NULL if there is none. */
const struct chunk_job *chunk_pipeline_oldest(struct chunk_pipeline *pipeline);

/* The oldest has been dealt with. */
void chunk_pipeline_release(struct chunk_pipeline *pipeline);

#endif
