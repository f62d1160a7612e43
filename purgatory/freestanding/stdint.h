/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For code that runs between two kernels: the integer types by the compiler's own names. A C library's header may be
 * for one width of code only (musl's is for the width of the library), and purgatory and gate are built for both.
 */
#ifndef KJ_FREESTANDING_STDINT_H
#define KJ_FREESTANDING_STDINT_H

typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __UINTPTR_TYPE__ uintptr_t;

#define UINT32_C(number) number##U
#define UINT64_C(number) number##ULL
#define UINT32_MAX __UINT32_MAX__
#define UINT64_MAX __UINT64_MAX__

_Static_assert(sizeof(uint64_t) == 8 && sizeof(uintptr_t) == sizeof(void *), "this header is for both widths");

#endif
