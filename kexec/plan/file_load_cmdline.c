/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/file_load_cmdline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kexec/plan/loading.h"
#include "lib/base/alloc.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"
#include "lib/machine/plugged_memory.h"

/* arch/x86/kernel/kexec-bzimage64.c, MAX_ELFCOREHDR_STR_LEN; and the NUL, which it counts. */
#define RESERVED_BYTES (30 + 1)

struct error *file_load_cmdline(const struct request *request, const char *own, char **ret_cmdline)
{
	static const char *const kernels_own[] = { "elfcorehdr", NULL };
	AUTO_FREE char *current = NULL;
	AUTO_FREE char *cmdline = NULL;
	struct error *error = request->reuse_cmdline ? machine_cmdline("/", &current) : NULL;

	if (error)
		return error;
	cmdline = load_policy_cmdline(request, current, own, true);
	*ret_cmdline = request->kind == LOAD_PANIC ? cmdline_without(cmdline, kernels_own) : xstrdup(cmdline);
	if (request->kind == LOAD_PANIC)
		*ret_cmdline = cmdline_without_plugged_memory(*ret_cmdline, request->root);
	return NULL;
}

struct error *file_load_check_cmdline(const char *cmdline, uint32_t limit)
{
	size_t length = strlen(cmdline);

	if (!limit || length + RESERVED_BYTES <= limit)
		return NULL;
	return error_new("the command line has %zu bytes; by kexec_file_load this kernel takes at most %" PRIu32, length,
			 limit > RESERVED_BYTES ? limit - RESERVED_BYTES : 0);
}
