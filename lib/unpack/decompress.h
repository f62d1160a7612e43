/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compressed files: gzip (zlib), xz and lzma (liblzma), zstd (libzstd), lz4
 * frames (liblz4); each is available if configure found its library.
 */
#ifndef KJ_DECOMPRESS_H
#define KJ_DECOMPRESS_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* The name of the compression by the first bytes ("gzip", "xz", …); NULL if it is not known. */
const char *compression_name(struct bytes bytes);

/*
 * Unpacks the whole of `bytes` into heap memory of at most `limit_bytes`.
 * Errors: support not compiled in (names the library), damaged or cut off,
 * larger than the limit (a bomb). Several members and trailing zeros are accepted.
 */
struct error *decompress(struct bytes bytes, size_t limit_bytes, uint8_t **ret_data, size_t *ret_size);

#endif
