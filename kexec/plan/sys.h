/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls that load a kernel, unload it and start it. No other file makes them. Each first checks that the
 * running kernel does not crash in the call itself (why_refused_check).
 */
#ifndef KJ_SYS_H
#define KJ_SYS_H

#include <stdbool.h>

#include "kexec/plan/plan.h"
#include "lib/base/error.h"
#include "lib/core/arch.h"

/* Flags of kexec_load(2), include/uapi/linux/kexec.h */
#define SYS_KEXEC_ON_CRASH 0x1u
#define SYS_KEXEC_PRESERVE_CONTEXT 0x2u
#define SYS_KEXEC_UPDATE_ELFCOREHDR 0x4u /* the kernel keeps the vmcore headers up to date */

/* A program of 32 bits cannot name more memory than this to kexec_load(2). */
#define SYS_ADDRESS_END ((uint64_t)UINTPTR_MAX < SPAN_ADDRESS_END ? (uint64_t)UINTPTR_MAX + 1 : SPAN_ADDRESS_END)

/*
 * kexec_load(2) with a checked plan. While another load is under way it waits for some seconds, as all calls here do. The
 * error contains the reason, as far as the kernel shows it.
 */
struct error *sys_kexec_load(const struct plan *plan, const char *root);

/* kexec_load(2) with nothing: unloads the kexec image, or (`crash`) the crash kernel. */
struct error *sys_kexec_unload(const struct arch *arch, bool crash);

/*
 * Whether a kernel with this errno refuses every kexec_load(2), and may allow kexec_file_load(2): it is locked down,
 * its integrity policy requires a file to appraise (EACCES; security/integrity/ima/ima_main.c, ima_load_data), or it is
 * built without kexec_load.
 */
bool sys_forbids_kexec_load(int errno_value);

/* The arguments of kexec_file_load(2); the texts are borrowed. */
struct file_load {
	const char *kernel;         /* path */
	const char *const *initrds; /* paths; several are put together in memory */
	size_t initrd_count;
	const char *cmdline;
	bool crash;
	bool no_cma;    /* not into contiguous memory (KEXEC_FILE_NO_CMA, Linux 6.18) */
	bool force_dtb; /* pass on this boot's device tree (KEXEC_FILE_FORCE_DTB, Linux 6.18) */
	bool debug;     /* the kernel logs what it does (KEXEC_FILE_DEBUG, Linux 6.7), if it can */
};

/* kexec_file_load(2). *ret_try_kexec_load: whether kexec_load is worth trying instead. */
struct error *sys_kexec_file_load(const struct file_load *load, bool *ret_try_kexec_load);

/*
 * reboot(2) with LINUX_REBOOT_CMD_KEXEC. Returns only if it fails, or (then
 * without an error) when a jump has come back.
 */
struct error *sys_reboot_kexec(void);

/* The same for a jump, with what devices need before and after it (jump_devices.h). */
struct error *sys_jump(void);

/* Switches the machine off at once, without ending any program. Returns if the kernel does not. */
void sys_power_off(void);

#endif
