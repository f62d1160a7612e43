/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's request: the command line, parsed once from one table.
 */
#ifndef KJ_REQUEST_H
#define KJ_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/options.h"

/* The actions, carried out in this order; which ones, the order of the options decides (option_table.c). */
enum action {
	ACTION_UNLOAD = 1 << 0,
	ACTION_LOAD = 1 << 1,
	ACTION_SHUTDOWN = 1 << 2, /* call shutdown(8), which runs kexec -e in the end */
	ACTION_EXEC = 1 << 3,
	ACTION_STATUS = 1 << 4,
	ACTION_HELP = 1 << 5,
	ACTION_VERSION = 1 << 6,
	ACTION_PRINT_REGION_SIZE = 1 << 7, /* print the bytes reserved for a crash kernel */
	ACTION_SAVE_ASLEEP = 1 << 8, /* write the kernel that sleeps in what is loaded to a file */
};

/* The kind of load. */
enum load_kind {
	LOAD_ORDINARY,
	LOAD_PRESERVE_CONTEXT,  /* a kernel or program to jump to and come back from */
	LOAD_JUMP_BACK_HELPER,  /* in B: the way back to A */
	LOAD_PANIC,             /* a kernel for when this one crashes */
};

enum args_style { ARGS_DEFAULT, ARGS_NONE, ARGS_LINUX, ARGS_ELF };

enum load_call { CALL_AUTO, CALL_KEXEC_LOAD, CALL_KEXEC_FILE_LOAD };

struct request {
	unsigned int actions; /* enum action */
	enum load_kind kind;
	enum load_call call;
	const char *kernel;     /* path; NULL if none was given, or nothing is loaded */
	const char *unused_kernel; /* path; given, but a later option undid the load; NULL */
	bool load_given;        /* -l was given: -S does not ask about a crash kernel */
	bool old_jump;          /* -n was given: -p is the old spelling of a jump */
	const char *type;       /* -t, NULL to detect it */
	const char *append;     /* NULL if not given */
	bool reuse_cmdline;
	struct text_list initrds; /* paths */
	struct text_list modules; /* each a path, and arguments after a blank */
	enum args_style args;
	const char *entry;      /* as typed, NULL */
	const char *dtb;        /* path, NULL */
	bool no_efi, reuse_video_type;
	bool real_mode;         /* a bzImage by its setup code */
	bool entry_32bit;       /* a bzImage by its 32-bit entry */
	bool has_mem_min, has_mem_max;
	uint64_t mem_min, mem_max; /* inclusive; 0 and UINT64_MAX if not given */
	uint64_t spare_bytes;      /* of a window that is chosen; as in struct window_requirements */
	bool confine;              /* the new kernel gets [mem_min, mem_max] and low memory only */
	int core_header_bits;      /* 32, 64; 0 for the architecture's own */
	bool pass_memmap_cmdline;  /* a crash kernel's memory map on its command line, too */
	bool hotplug;              /* of a crash kernel: the kernel keeps its vmcore headers up to date */
	bool no_checks;            /* -i: load without a digest */
	bool lose_devices;         /* jump although devices do not come back */
	bool no_ifdown, no_sync;
	bool no_cma;               /* of kexec_file_load */
	bool force_dtb;            /* pass on this boot's device tree */
	bool jump_only;            /* -j: the loaded kexec image is a jump */
	bool debug;
	struct bytes used;         /* for a sleeping kernel that is woken: the file systems in use; borrowed */
	const char *save_asleep;   /* path of the file for the kernel that sleeps in what is loaded; NULL */
	bool dry_run;
	const char *root; /* "/" unless --root */
	bool console_serial, console_vga, reset_vga;
	uint16_t serial_port; /* I/O port */
	uint32_t serial_baud; /* 0: leave it as it is */
};

/* A request for nothing, with every field as it is when no option is given. */
struct request request_default(void);

/*
 * Parses argv. The request borrows its texts. Errors: unknown option, missing or
 * bad argument, options that exclude each other, a kernel missing or too many.
 */
struct error *request_parse(int argc, char **argv, struct request *ret_request);
void request_deinit(struct request *request);
#define AUTO_REQUEST __attribute__((cleanup(request_deinit)))

/*
 * The option, as typed, that only kexec_load(2) can carry out and
 * kexec_file_load(2) cannot; NULL if there is none.
 */
const char *request_kexec_load_option(const struct request *request);

/* Prints the --help text. */
void request_print_help(FILE *to);

#endif
