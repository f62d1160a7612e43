/* SPDX-License-Identifier: GPL-2.0-only */
/* Units of sizes and addresses in bytes. */
#ifndef KJ_SIZES_H
#define KJ_SIZES_H

#include <stdint.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

#endif
