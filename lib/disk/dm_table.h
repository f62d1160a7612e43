/* SPDX-License-Identifier: GPL-2.0-only */
/* A device mapper's table, read from the kernel without libdevmapper. It contains the key of an encrypted device. */
#ifndef KJ_DM_TABLE_H
#define KJ_DM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/disk/device_stack.h"

/* Zero-initialise. */
struct dm_table {
	struct dm_line *lines;
	size_t count;
	char *buffer; /* owned; lines borrow from it */
	size_t buffer_size;
};

/* False if it is no such device, or the kernel refuses its table. */
bool dm_table_read(dev_t device, struct dm_table *ret_table);

/* Overwrites what was read. */
void dm_table_deinit(struct dm_table *table);
#define AUTO_DM_TABLE __attribute__((cleanup(dm_table_deinit)))

#endif
