/* SPDX-License-Identifier: GPL-2.0-only */
/* What decompress() makes of bytes, for tests. */
#ifndef KJ_TESTS_UNPACK_CHECK_H
#define KJ_TESTS_UNPACK_CHECK_H

#include <stdbool.h>

#include "lib/base/bytes.h"

struct error;

/* Unpacks an exact copy, so that reading one byte too many is seen. The data is heap. */
struct error *unpack(struct bytes bytes, size_t limit, uint8_t **ret_data, size_t *ret_size);

bool unpacks_to(struct bytes bytes, size_t limit, struct bytes wanted);

/* An error with this text, and outputs as they were. */
bool unpack_refused(struct bytes bytes, size_t limit, const char *says);

#endif
