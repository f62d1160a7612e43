/* SPDX-License-Identifier: GPL-2.0-only */
/* The build options that hibernation needs of a kernel, and the remedy where one is missing. */
#ifndef KJ_NEEDED_OPTIONS_H
#define KJ_NEEDED_OPTIONS_H

#include "lib/base/error.h"

/* `config` is the text of kernel_config_read for the kernel `release`. The error names what is missing. */
struct error *needed_options_check(const char *config, const char *release);

#endif
