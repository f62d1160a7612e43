/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard input, output and error, as a program finds and leaves them. */
#ifndef KJ_STANDARD_STREAMS_H
#define KJ_STANDARD_STREAMS_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * For the beginning of a main: opens /dev/null in the place of those that are
 * closed. Else a file that is opened next, a disk or /dev/mem, would take that
 * number, and messages would be written to it.
 */
void standard_streams_open(void);

/* Whether standard output was closed before standard_streams_open. */
bool standard_output_was_closed(void);

/*
 * For the end of a main: what went wrong, or an error if something printed on
 * standard output did not get there (a full disk), for a script may read it.
 */
struct error *standard_output_finish(struct error *error);

#endif
