/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages that contain only zeros. */
#ifndef KJ_ZERO_PAGE_H
#define KJ_ZERO_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/span.h"

/* The first byte is zero, and each byte equals the one before it. */
static inline bool is_zero_page(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_SIZE_BYTES - 1);
}

#endif
