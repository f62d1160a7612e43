/* SPDX-License-Identifier: GPL-2.0-only */
/* Where kdump writes to: a file, a device or standard output, and whether it may. */
#ifndef KJ_TARGET_H
#define KJ_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

struct target {
	const char *name; /* as typed; borrowed */
	int fd;
	bool is_device;
	uint64_t size_bytes; /* of a device */
};

/* Whether `name` is standard output: "-". */
bool target_is_stdout(const char *name);

/*
 * An error if something of value is on the device: a file system, swap, an
 * encrypted or RAID volume, a partition table, as libblkid knows them; and
 * where it is in use. A khimage is nothing of value, nor is a file. An error,
 * too, where libblkid is not built in, unless it is a khimage.
 */
struct error *target_check(const char *name);

/* An error if it holds an image that was not restored yet. */
struct error *target_check_image(const char *name);

/* An error if it is a file that holds something else than a khimage. */
struct error *target_check_file(const char *name);

/* An error if it is there, and neither file nor block device. */
struct error *target_check_kind(const char *name);

/* Of one of these errors that it is something of value: that --overwrite would take it. Owns and returns the error. */
struct error *target_or_overwrite(struct error *error);

/* Makes it an empty khimage; unless with `overwrite`, an error if something of value is on it. */
struct error *target_init_khimage(const char *name, bool overwrite);

/* An error if it is the file or device that is read from. */
struct error *target_check_source(const char *name, int source_fd, const char *source);

/*
 * Opens it for writing (`also_reads`: and for reading). A device is opened
 * exclusively: that fails while it is mounted or otherwise in use.
 */
struct error *target_open(struct target *target, const char *name, bool also_reads);

/* An error if `size_bytes` do not fit on a device. */
struct error *target_check_size(const struct target *target, uint64_t size_bytes);

/* Closes it, if it is not standard output. */
struct error *target_close(struct target *target, struct error *error);

#endif
