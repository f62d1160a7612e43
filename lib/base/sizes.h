/* SPDX-License-Identifier: GPL-2.0-only */
/* Units of sizes and addresses in bytes. */
#ifndef KJ_SIZES_H
#define KJ_SIZES_H

#include <stdint.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Rounded up to a multiple of four bytes, as ELF notes and cpio archives are. */
static inline uint64_t align_4(uint64_t size)
{
	return (size + 3) & ~UINT64_C(3);
}

#endif
