/* SPDX-License-Identifier: GPL-2.0-only */
/* As stdint.h here: for both widths of code, by the compiler's own names. */
#ifndef KJ_FREESTANDING_STDDEF_H
#define KJ_FREESTANDING_STDDEF_H

typedef __SIZE_TYPE__ size_t;

#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)

#endif
