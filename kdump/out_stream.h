/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a file, device or pipe from its beginning to its end. Threads write
 * while the caller produces the next piece, two where it can seek: a disk then
 * has the next write when it ends one. Disks are written past the page
 * cache where they allow it: a kernel in a small window needs its memory, and
 * direct writes are on the disk already. Standard output is written without
 * seeking: other programs may write to it before and after.
 */
#ifndef KJ_OUT_STREAM_H
#define KJ_OUT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/storage.h"

struct out_stream;

/*
 * Writes to `storage` from `offset` on, a multiple of 4096 (0 for what cannot seek, and for standard output). Offsets
 * count by its parts, and all its mirrors are written. `name` is for messages, and borrowed, as storage is. Error: no
 * thread can be started.
 */
struct error *out_stream_create(struct out_stream **ret_stream, const struct storage *storage, const char *name,
				uint64_t offset);

/* Writes the queued buffers, and stops the thread; the buffer being filled is discarded. Takes NULL. */
void out_stream_destroy(struct out_stream *stream);

/* The offset of the next byte. */
uint64_t out_stream_offset(const struct out_stream *stream);

/* Whether data waits for the disk, so that there is time to produce less of it. For any thread. */
bool out_stream_has_backlog(struct out_stream *stream);

/* These return the first error up to now, also of pieces appended earlier. */
struct error *out_stream_append(struct out_stream *stream, const void *data, size_t size);

/* Appends zeros up to a multiple of 4096. */
struct error *out_stream_align(struct out_stream *stream);

/* Leaves `size` bytes out, to be written later; offset and size are multiples of 4096. Not for pipes. */
struct error *out_stream_skip(struct out_stream *stream, size_t size);

/* Writes a part that was skipped: at most 64 KiB, offset and size multiples of 4096. */
struct error *out_stream_fill(struct out_stream *stream, uint64_t offset, const void *data, size_t size);

/* Writes all data, cuts a regular file to its size, and flushes it to the medium. */
struct error *out_stream_finish(struct out_stream *stream);

#endif
