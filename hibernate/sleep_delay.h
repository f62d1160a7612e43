/* SPDX-License-Identifier: GPL-2.0-only */
/* HibernateDelaySec= of systemd-sleep.conf(5): how long suspend-then-hibernate stays suspended. */
#ifndef KJ_SLEEP_DELAY_H
#define KJ_SLEEP_DELAY_H

#include <stdbool.h>
#include <stdint.h>

/* systemd's default for a machine without a battery. */
#define SLEEP_DELAY_SECONDS 7200

/* The last setting in sleep.conf and sleep.conf.d below `root`, in systemd's order; else the default. */
uint64_t sleep_delay_seconds(const char *root);

/* "2h 30min", "90" or "infinity" (UINT64_MAX), as systemd.time(7); false for anything else. Whole seconds. */
bool sleep_delay_parse(const char *text, uint64_t *ret_seconds);

#endif
