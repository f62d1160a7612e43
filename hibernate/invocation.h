/* SPDX-License-Identifier: GPL-2.0-only */
/* One call of khibernate(8): its configuration and switches, and queries that several commands share. */
#ifndef KJ_INVOCATION_H
#define KJ_INVOCATION_H

#include <stdbool.h>

#include "hibernate/khibernate_config.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage.h"

/* The configuration, overridden by options, and the switches. */
struct invocation {
	struct khibernate_config config;
	const char *config_path; /* borrowed */
	bool has_config;         /* there is such a file */
	const char *sleep;       /* borrowed: systemd's operation that this is (khibernate_sleep), or NULL */
	const char *passphrase_file; /* of the keys; borrowed; NULL: it is asked for */
	const char *key_file;        /* for restoring; NULL: that of the configuration */
	bool boot, force, overwrite, times;
	bool encrypt_is_given; /* --encrypt */
};

void invocation_deinit(struct invocation *invocation);
#define AUTO_INVOCATION __attribute__((cleanup(invocation_deinit)))

/* The configuration's wipe=yes. */
bool invocation_wipes(const struct invocation *invocation);

/*
 * Gives the snapshot on `path` up; with wipe=yes what could show it is overwritten before. It is given up also if that
 * fails, of which a warning is printed.
 */
struct error *invocation_give_up(const struct invocation *invocation, const char *path);

/* The configured device's path; heap. Error: none is configured, or it does not exist. */
struct error *invocation_device(const struct invocation *invocation, char **ret_path);

/*
 * khimage_read_state of a device, from the medium: this kernel's page cache of it
 * may be older than its own save.
 */
struct error *read_uncached(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/* The same; a device without a khimage is an error. */
struct error *read_superblock(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged);

/* khdev= of the kernel's command line, else the configuration's; NULL if there is neither. Heap. */
char *boot_device(const struct invocation *invocation, const char *cmdline);

/* Whether a boot with this command line gives a snapshot up instead of resuming it: noresume. */
bool has_noresume(const char *cmdline);

/* "2026-11-24 06:34:27" of a time in seconds since 1970, local time; heap. */
char *time_text(uint64_t seconds);

#endif
