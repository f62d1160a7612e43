/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of khibernate(8), each in a file of its own. */
#ifndef KJ_KHIBERNATE_H
#define KJ_KHIBERNATE_H

#include "hibernate/invocation.h"

/*
 * Checks kernel, memory and device, makes the device an empty image, writes the
 * configuration. Chooses a kernel if none is configured.
 */
struct error *khibernate_setup(struct invocation *invocation);

/* Saves this kernel's memory and switches off; returns without an error when it has been resumed. */
struct error *khibernate_hibernate(struct invocation *invocation);

/* Prints what the configured device holds. */
struct error *khibernate_status(struct invocation *invocation);

/*
 * What the saved kernel used and the saving one did not find, so that nothing tells whether it was written to in
 * between: of the image on `device`, committed or used. Heap; NULL if there is no such thing, or no whole image.
 */
char *unwatched_text(const char *device);

/* Starts the kernel that restores the image. Returns without an error only with --boot, if there is no image. */
struct error *khibernate_resume(struct invocation *invocation);

/*
 * In a boot whose root file system is mounted: gives up an image that is still committed. No error if there is
 * none, if nothing is configured or the device is not there; does nothing in an initramfs.
 */
struct error *khibernate_expire(struct invocation *invocation);

#endif
