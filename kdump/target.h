/* SPDX-License-Identifier: GPL-2.0-only */
/* The file, device or standard output that kdump writes to, and the checks before it is overwritten. */
#ifndef KJ_TARGET_H
#define KJ_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/storage.h"

struct target {
	const char *name; /* as typed; borrowed */
	struct storage storage;
};

/* Whether `name` is standard output: "-". */
bool target_is_stdout(const char *name);

/*
 * An error if libblkid recognises contents of value on the device: a file
 * system, swap, an encrypted or RAID volume, a partition table. A khimage and a
 * regular file pass. Without libblkid an error for all devices but khimages.
 */
struct error *target_check(const char *name);

/* An error if it holds a snapshot that was not restored yet. */
struct error *target_check_snapshot(const char *name);

/* An error if it is a file with other contents than a khimage. */
struct error *target_check_file(const char *name);

/* An error if it exists, and is neither a file nor a block device. */
struct error *target_check_kind(const char *name);

/* Adds to one of these errors that --overwrite takes the target all the same. Owns and returns the error. */
struct error *target_or_overwrite(struct error *error);

/* Makes it an empty khimage; without `overwrite`, an error if it has contents of value. */
struct error *target_init_khimage(const char *name, bool overwrite);

/* An error if it is the source itself. */
struct error *target_check_source(const char *name, int source_fd, const char *source);

/*
 * Opens it for writing (`also_reads`: a khimage, for reading as well). A device is opened
 * exclusively: that fails while it is mounted or otherwise in use.
 */
struct error *target_open(struct target *target, const char *name, bool also_reads);

/* An error if `size_bytes` do not fit on a device. */
struct error *target_check_size(const struct target *target, uint64_t size_bytes);

/* Closes it, if it is not standard output. */
struct error *target_close(struct target *target, struct error *error);

#endif
