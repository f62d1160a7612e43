/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the head of a khimage: the notes of the source and its views, encrypted or not. */
#ifndef KJ_HEAD_WRITER_H
#define KJ_HEAD_WRITER_H

#include "include/khimage_format.h"
#include "kdump/out_stream.h"
#include "lib/base/error.h"
#include "lib/core/core_file.h"
#include "lib/khimage/khimage_crypt.h"

/*
 * Appends the head to the stream, up to the next multiple of 4096. Sets superblock->notes_bytes, view_count and
 * head_digest. `crypt` is NULL for a plain one.
 */
struct error *head_write(const struct core_file *core, struct out_stream *stream, const struct khimage_crypt *crypt,
			 struct khimage_superblock *superblock);

#endif
