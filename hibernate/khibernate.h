/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of khibernate(8), each in a file of its own. */
#ifndef KJ_KHIBERNATE_H
#define KJ_KHIBERNATE_H

#include "hibernate/invocation.h"

/*
 * Checks kernel, memory and device, makes an empty khimage of the device, writes
 * the configuration. Chooses a kernel if none is configured.
 */
struct error *khibernate_setup(struct invocation *invocation);

/*
 * Starts the saving kernel, which comes back at once, and keeps it in the configured file (saver_file.h). This kernel
 * continues.
 */
struct error *khibernate_prepare(struct invocation *invocation);

/* Saves this kernel's memory and switches off; returns without an error after this kernel was resumed. */
struct error *khibernate_hibernate(struct invocation *invocation);

/* The same, as systemd-sleep(8) does it if --sleep= names an operation: with the programs of system-sleep. */
struct error *khibernate_sleep(struct invocation *invocation);

/* Makes systemd's hibernation, hybrid sleep and suspend-then-hibernate those of this program; undoes that. */
struct error *khibernate_enable(struct invocation *invocation);
struct error *khibernate_disable(struct invocation *invocation);

/* Gives up a snapshot that was not resumed, and makes its place a swap area again if it was one. */
struct error *khibernate_cancel(struct invocation *invocation);

/* Prints the state of the configured device and its snapshot. */
struct error *khibernate_status(struct invocation *invocation);

/*
 * The file systems that the saved kernel used and the saving one did not find, so that writes to them are not
 * detected: of the snapshot on `device`, committed or used. Heap; NULL if there are none, or no undamaged snapshot.
 */
char *unwatched_text(const char *device);

/* Whether the next boot can resume, as far as it is known (next_boot.h). */
struct error *khibernate_check_boot(struct invocation *invocation);

/* Restores the snapshot and jumps to its kernel. Returns without an error only with --boot, if there is none. */
struct error *khibernate_resume(struct invocation *invocation);

/*
 * After a boot that mounted its root file system: gives up a snapshot that is still committed. No error if there is
 * none, if nothing is configured or the device does not exist; does nothing in an initramfs, and leaves alone the
 * snapshot of another machine, of whose file systems this kernel uses none.
 */
struct error *khibernate_expire(struct invocation *invocation);

#endif
