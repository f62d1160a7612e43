/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes as readable text. */
#ifndef KJ_SIZE_TEXT_H
#define KJ_SIZE_TEXT_H

#include <stdint.h>

/* A size as readable text: "640 bytes", "36.0 KiB", "128.0 MiB". Heap. */
char *size_text(uint64_t size_bytes);

#endif
