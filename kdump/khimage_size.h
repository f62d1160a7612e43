/* SPDX-License-Identifier: GPL-2.0-only */
/* How large a khimage can become. */
#ifndef KJ_KHIMAGE_SIZE_H
#define KJ_KHIMAGE_SIZE_H

#include <stdint.h>

#include "kdump/selection.h"
#include "lib/base/error.h"

/* The bytes that a khimage of this memory needs at most, whatever its pages contain. Error: reading the source. */
struct error *khimage_size_limit(const struct selection *selection, uint64_t *ret_bytes);

#endif
