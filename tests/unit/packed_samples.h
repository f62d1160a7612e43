/* SPDX-License-Identifier: GPL-2.0-only */
/* One text, packed by every tool. */
#ifndef KJ_TESTS_PACKED_SAMPLES_H
#define KJ_TESTS_PACKED_SAMPLES_H

#include "lib/base/bytes.h"

struct packed_sample {
	const char *name; /* what compression_name() says */
	const char *tool;
	struct bytes bytes;
};

/* Ends with a NULL name. */
extern const struct packed_sample packed_samples[];

/* What they unpack to; heap. */
char *packed_text(void);

#endif
