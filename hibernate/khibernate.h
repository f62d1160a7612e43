/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of khibernate(8), each in a file of its own, and what they share. */
#ifndef KJ_KHIBERNATE_H
#define KJ_KHIBERNATE_H

#include <stdbool.h>

#include "hibernate/khibernate_config.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage.h"

/* One call of the program: the configuration, overridden by options, and the switches. */
struct invocation {
	struct khibernate_config config;
	const char *config_path; /* borrowed */
	bool has_config;         /* there is such a file */
	bool boot, force, overwrite;
};

void invocation_deinit(struct invocation *invocation);
#define AUTO_INVOCATION __attribute__((cleanup(invocation_deinit)))

/* The configured device's path; heap. Error: none is configured, or it is not there. */
struct error *invocation_device(const struct invocation *invocation, char **ret_path);

/*
 * khimage_look at a device as it is on the medium: what this kernel may have
 * kept of it in memory is from before it was saved itself.
 */
struct error *look_afresh(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/* The same; what is no khimage is an error. */
struct error *look_at_image(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/* khdev= of the kernel's command line, else the configuration's; NULL if there is neither. Heap. */
char *boot_device(const struct invocation *invocation, const char *cmdline);

/* Whether a boot with this command line gives an image up in place of resuming it: noresume. */
bool would_give_up(const char *cmdline);

/* "2026-11-24 06:34:27" of a time in seconds since 1970, local time; heap. */
char *time_text(uint64_t seconds);

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
