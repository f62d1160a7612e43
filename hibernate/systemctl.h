/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls systemctl(1), where systemd is the first process. */
#ifndef KJ_SYSTEMCTL_H
#define KJ_SYSTEMCTL_H

#include <stdbool.h>

/* Whether systemd is the first process of the system below `root` (sd_booted(3)). */
bool systemd_runs(const char *root);

/* `words`: "systemctl", its arguments, NULL. Best effort: a failure is printed, with what to do by hand. */
void systemctl(char *const *words);

#endif
