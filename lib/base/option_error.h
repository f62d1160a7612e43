/* SPDX-License-Identifier: GPL-2.0-only */
/* What getopt_long(3) refuses, said in the way of this project. */
#ifndef KJ_OPTION_ERROR_H
#define KJ_OPTION_ERROR_H

#include "lib/base/error.h"

/* Which option it was that getopt_long returned '?' for, with opterr 0: not known, or without its argument. */
struct error *option_error(char *const *argv) __attribute__((returns_nonnull, warn_unused_result));

#endif
