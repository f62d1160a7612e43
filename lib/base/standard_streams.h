/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard input, output and error at the start and the end of a program. */
#ifndef KJ_STANDARD_STREAMS_H
#define KJ_STANDARD_STREAMS_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * For the beginning of a main: opens /dev/null in place of closed standard
 * streams. Otherwise the next opened file, a disk or /dev/mem, would get such
 * a number, and messages would be written to it.
 */
void standard_streams_open(void);

/* Whether standard output was closed before standard_streams_open. */
bool standard_output_was_closed(void);

/*
 * For the end of a main: returns `error`, or, if it is NULL, an error if output
 * was lost (a full disk), as a script may depend on that output.
 */
struct error *standard_output_finish(struct error *error);

#endif
