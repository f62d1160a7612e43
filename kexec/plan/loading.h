/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of one load command: request, machine, boot image and the plan that is made of them, and the policy
 * for this kind of load.
 */
#ifndef KJ_LOADING_H
#define KJ_LOADING_H

#include "include/kjump_note.h"
#include "include/purgatory_param.h"
#include "kexec/format/boot_image.h"
#include "kexec/plan/plan.h"
#include "kexec/plan/request.h"
#include "kexec/plan/window.h"
#include "lib/machine/kernel_map.h"
#include "lib/machine/machine.h"

/* A file that is passed to a multiboot image. */
struct module {
	struct mapped_file file; /* owned */
	uint8_t *unpacked;       /* owned: content of a compressed file, else NULL */
	struct bytes bytes;      /* borrows from the two above */
	uint64_t start;          /* physical, once it is placed */
};

struct loading;
struct vmcore_headers;

/*
 * The differences between the kinds of load: where the parts may go, the memory
 * map of the next kernel, and the facts read from the running kernel. One each for
 * loads for good, with and without --confine, jumps, and crash kernels
 * (load_policy.c).
 */
struct load_policy {
	uint32_t flags;                 /* of kexec_load(2), beside the architecture's */
	const char *const *stale_words; /* keys of the running kernel's command line that are not for the next; NULL ends */
	size_t cmdline_room;            /* bytes that purgatory may append to the command line */
	bool entry_above_4g;            /* the entry code may lie there: the kernel calls it in 64-bit mode */
	/* How the running kernel maps its memory, as far as it is needed; NULL: not at all. */
	struct error *(*read_kernel_map)(struct kernel_map *map, const char *root, const struct arch *arch);
	/* Makes the plan and `where` from the memory that may be loaded into; `requirements`: the needs known so far. */
	struct error *(*choose_memory)(struct loading *loading, const struct window_requirements *requirements);
	/*
	 * Makes a Linux kernel's memory map. If that kernel is to see this one's memory, also places its vmcore headers
	 * and adds elfcorehdr= to its command line.
	 */
	struct error *(*build_map_and_headers)(struct loading *loading);
};

/* The policy for the request's kind of load. */
const struct load_policy *load_policy_of(const struct request *request);

/*
 * The command line that the request asks for: --append, behind what --reuse-cmdline leaves of `running`, this
 * kernel's; `own` (a UKI's; NULL: none) if neither is given. `is_linux`: both are joined as Linux reads them. Heap.
 */
char *load_policy_cmdline(const struct request *request, const char *running, const char *own, bool is_linux);

struct loading {
	const struct request *request; /* borrowed */
	const struct load_policy *policy;
	struct machine machine;
	struct boot_image image;           /* zero for the jump-back helper */
	struct bytes initrd;          /* empty if there is none; borrows from the files below, or the boot image */
	struct mapped_file initrd_file; /* of --initrd */
	struct mapped_file device_tree_file; /* of --dtb */
	uint8_t *joined_initrd;       /* owned: a UKI's initrds and that of --initrd; NULL if there is only one */
	struct module *modules;       /* owned; as many as request->modules */
	size_t module_count;
	struct plan plan;
	char *placed;                 /* why the plan is beyond kexec_load and is placed (load_placed.h); NULL: it is not */
	struct span_set poison;       /* memory that is filled with the kernel's poison; only if the plan is placed */
	struct memmap memmap;         /* the new kernel's memory map; empty for programs */
	char *cmdline;                /* of the new kernel; NULL for programs */
	bool is_jump;                 /* loaded with preserve-context */
	struct window window;         /* of a jump, a crash kernel, or with --confine */
	struct span_set visible;      /* this kernel's memory that the next one shows as /proc/vmcore */
	struct kernel_map kernel_map; /* as far as the policy reads it */
	struct vmcore_headers_place {
		uint64_t start;       /* physical, 0: none */
		uint64_t note_entry;  /* of a jump: where the note's entry lies */
		size_t kept_notes;    /* of a crash kernel: how many notes the running kernel fills in */
	} headers;
	char *parked_unknown;         /* owned: why the memory of offline CPUs is not fully known; NULL: it is */
	uint64_t purgatory_start;     /* physical, 0: none */
	struct purgatory_param purgatory; /* as far as it is known before the digest */
	char *where;                  /* name of the memory that is loaded into, for messages */
	char *details;                /* lines of the printed plan that only this boot protocol has; NULL: none */
};

/* Maps the initrds and modules that the request names; the boot image's own initrds come first. */
struct error *loading_read_files(struct loading *loading);

/* Refuses files that were changed since they were opened. Call it after their last use. */
struct error *loading_check_files(const struct loading *loading);
void loading_close_files(struct loading *loading);

/* The functions of the policies. */

/* The memory of an ordinary load. */
struct error *ordinary_memory(struct loading *loading, const struct window_requirements *requirements);

/* The same, and the firmware's map of all memory for the next kernel. */
struct error *prepare_all_memory(struct loading *loading);

/*
 * In an ordinary load, lets segments that are linked to low memory be loaded there, inside the bounds that were given.
 * Parts without a fixed address still go above 1 MiB.
 */
void allow_low_memory(struct loading *loading);

/*
 * Finds the memory that this kernel's offline CPUs use, for machine.parked, if a jump must not load into it: the
 * machine has several CPUs with MWAIT. The check refuses a complete plan that does load into it.
 */
void parked_read(struct loading *loading);
struct error *parked_check(const struct loading *loading);

/*
 * Makes the map of a kernel that has the window only, and puts on its command line what keeps it from memory that ACPI
 * tells of (lib/machine/plugged_memory.h).
 */
void keep_to_window(struct loading *loading);

/* The window of a jump, given or chosen. */
struct error *jump_memory(struct loading *loading, const struct window_requirements *requirements);

/* The memory that is reserved for a crash kernel. */
struct error *crash_memory(struct loading *loading, const struct window_requirements *requirements);

/* Places and fills vmcore headers, VMCOREINFO and the KJUMP note in a jump's window. */
struct error *jump_headers_place(struct loading *loading);

/*
 * The same in a load that wakes a kernel which sleeps in a file: fills the segment at `memory`, the first part of
 * `room`, with those of this boot, and with `words` and `used` (include/kjump_asleep_note.h). Error: they do not fit.
 */
struct error *jump_headers_renew(struct loading *loading, struct span memory, struct span room, struct bytes words,
				 struct bytes used);

/* An upper bound of the bytes that those take, with the room for later boots; 0 if the load is no jump. */
uint64_t jump_headers_size_limit(const struct loading *loading);

/*
 * Places and fills vmcore headers that point to the notes which the kernel
 * writes when it crashes. Errors: the kernel has no such notes (CONFIG_CRASH_DUMP);
 * with --hotplug: it does not keep headers up to date.
 */
struct error *crash_headers_place(struct loading *loading);

/* Whether the core headers are of 64 bit: as asked, or as the memory needs. */
bool vmcore_is_64(const struct loading *loading);

/*
 * Places the headers at the end of the memory that may be loaded into, at
 * least `least_bytes` for them, names them on the command line, and makes
 * the memory map in which they are no RAM. *ret_desc_offsets as of
 * vmcore_headers_build.
 */
struct error *vmcore_place(struct loading *loading, const struct vmcore_headers *headers, uint64_t least_bytes,
			   size_t *ret_desc_offsets);

/*
 * Makes the segment at `start` purgatory and the plan's entry, with `param`
 * completed by the request's consoles. purgatory_fill fills it last.
 */
void loading_set_purgatory(struct loading *loading, uint64_t start, struct purgatory_param param);

#endif
