/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes that the blobs' linker script, their assembly and the loader must agree on. */
#ifndef KJ_LAYOUT_H
#define KJ_LAYOUT_H

#include "gate_param.h"
#include "purgatory_param.h"

/* Purgatory's memory: code and data, then the stack, which begins at the end and grows down. */
#define PURGATORY_SIZE_BYTES 0x6000
#define PURGATORY_STACK_BYTES 0x1000

#endif
