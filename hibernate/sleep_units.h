/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * systemd's sleep by khibernate. logind asks whether the machine can hibernate, sends PrepareForSleep, waits for the
 * inhibitors and starts a unit: systemd-hibernate.service, systemd-hybrid-sleep.service or
 * systemd-suspend-then-hibernate.service. Drop-ins give these units another program. One more lets logind go without a
 * swap area of sufficient size (SYSTEMD_BYPASS_HIBERNATION_MEMORY_CHECK, systemd's docs/ENVIRONMENT.md); all else
 * that it checks holds for a jump, too: /sys/power/state has "disk", which a kernel with kexec jump has, and not while
 * the kernel forbids hibernation.
 */
#ifndef KJ_SLEEP_UNITS_H
#define KJ_SLEEP_UNITS_H

#include <stdbool.h>

#include "lib/base/error.h"

/* Writes the drop-ins below the folder `root` ("/" is the live system). `program` is khibernate's path. */
struct error *sleep_units_write(const char *root, const char *program);

/* Removes them, and folders that are empty then. No error if there are none; *ret_removed is whether there was one. */
struct error *sleep_units_remove(const char *root, bool *ret_removed);

#endif
