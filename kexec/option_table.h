/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every option of the command line, once: what getopt_long(3) is told, what
 * --help prints, and what an option that only notes something notes.
 */
#ifndef KJ_OPTION_TABLE_H
#define KJ_OPTION_TABLE_H

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>

/* Options without a short form get numbers above all characters. */
enum option_id {
	OPT_MEM_MIN = 256,
	OPT_MEM_MAX,
	OPT_CONFINE,
	OPT_APPEND,
	OPT_REUSE_CMDLINE,
	OPT_INITRD,
	OPT_REUSE_INITRD,
	OPT_DTB,
	OPT_FORCE_DTB,
	OPT_MODULE,
	OPT_NO_EFI,
	OPT_REUSE_VIDEO_TYPE,
	OPT_PRESERVE_CONTEXT,
	OPT_HELPER,
	OPT_ENTRY,
	OPT_ENTRY_32BIT,
	OPT_REAL_MODE,
	OPT_ARGS_NONE,
	OPT_ARGS_LINUX,
	OPT_ARGS_ELF,
	OPT_CORE_HEADERS_32,
	OPT_CORE_HEADERS_64,
	OPT_PASS_MEMMAP_CMDLINE,
	OPT_PRINT_CKR_SIZE,
	OPT_HOTPLUG,
	OPT_NO_CMA,
	OPT_LOAD_LIVE_UPDATE,
	OPT_EXEC_LIVE_UPDATE,
	OPT_SERIAL,
	OPT_SERIAL_BAUD,
	OPT_CONSOLE_SERIAL,
	OPT_CONSOLE_VGA,
	OPT_RESET_VGA,
	OPT_DRY_RUN,
	OPT_ROOT,
};

struct option_entry {
	int id;               /* the character of the short form, or an option_id */
	const char *name;     /* NULL: short form only */
	const char *argument; /* what it is called in --help; NULL: takes none */
	const char *help;     /* NULL: another spelling of the entry before it */
	unsigned int actions; /* enum action: added to the request's */
	size_t flag;          /* offset of the bool in struct request that it sets; 0: none */
	const char *refused;  /* known, and not done: what follows the name in the message; NULL: done */
};

extern const struct option_entry option_table[];
extern const size_t option_table_count;

/* The first entry with this id; NULL if there is none. */
const struct option_entry *option_find(int id);

/* The two tables of getopt_long(3): heap, the caller's to free. */
void option_getopt_tables(char **ret_short, struct option **ret_long);

/* The lines of --help, one for each entry. */
void option_table_print(FILE *to);

#endif
