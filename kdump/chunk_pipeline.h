/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packs chunks on several processors, and returns them in the order in which
 * they were begun. One thread calls it; its own threads pack.
 */
#ifndef KJ_CHUNK_PIPELINE_H
#define KJ_CHUNK_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/khimage_format.h"
#include "kdump/out_stream.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage_crypt.h"

struct chunk_job {
	uint8_t *raw;     /* filled by the caller: KHIMAGE_CHUNK_BYTES of room */
	size_t raw_bytes; /* whole pages; 0 in a new one */
	uint64_t number;  /* of its place in the snapshot, to encrypt it */
	/* When it is packed: */
	struct khimage_chunk chunk;
	const uint8_t *result; /* chunk.stored_bytes */
	uint8_t tag[KHIMAGE_TAG_BYTES]; /* if it is encrypted */
	/* The pipeline's own: */
	uint8_t *packed;
	bool is_done;
};

struct chunk_pipeline;

/*
 * Starts a thread for each processor that this process may use, at most four,
 * which bounds kdump's memory. Chunks are packed, or, with `paced_by` (borrowed),
 * only those for which that stream leaves time; then encrypted with `crypt` (borrowed; NULL: not). Error: no thread
 * can be started.
 */
struct error *chunk_pipeline_create(struct chunk_pipeline **ret_pipeline, uint32_t compression,
				    struct out_stream *paced_by, const struct khimage_crypt *crypt);
void chunk_pipeline_destroy(struct chunk_pipeline *pipeline); /* takes NULL */

/* A chunk to fill; NULL if all are in use: then release the oldest first. */
struct chunk_job *chunk_pipeline_begin(struct chunk_pipeline *pipeline);

/* Queues the chunk begun last, which is full, and has its number. */
void chunk_pipeline_submit(struct chunk_pipeline *pipeline);

/* Waits until the oldest submitted chunk is packed; NULL if there is none. */
const struct chunk_job *chunk_pipeline_oldest(struct chunk_pipeline *pipeline);

/* Frees the oldest chunk, which has been written. */
void chunk_pipeline_release(struct chunk_pipeline *pipeline);

#endif
