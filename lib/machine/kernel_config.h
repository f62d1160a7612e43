/* SPDX-License-Identifier: GPL-2.0-only */
/* The build options of the running kernel, if it or its package provides them. */
#ifndef KJ_KERNEL_CONFIG_H
#define KJ_KERNEL_CONFIG_H

#include <stdbool.h>

/* /proc/config.gz, or /boot/config-RELEASE, as text; heap, NULL if neither can be read. `root` as in read_small_file. */
char *kernel_config_read(const char *root, const char *release);

/* Whether CONFIG_`name` is y or m in such a text. */
bool kernel_config_has(const char *text, const char *name);

#endif
