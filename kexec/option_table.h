/* SPDX-License-Identifier: GPL-2.0-only */
/* Every option of kexec(8), once. */
#ifndef KJ_OPTION_TABLE_H
#define KJ_OPTION_TABLE_H

#include "kexec/plan/request.h"
#include "lib/base/options.h"

struct option_table {
	struct option_entry *entries;
	size_t count, capacity;
};

/* The options, each setting its field of `request`, which the table borrows. */
void option_table_init(struct option_table *table, struct request *request);
void option_table_deinit(struct option_table *table);
#define AUTO_OPTION_TABLE __attribute__((cleanup(option_table_deinit)))

#endif
