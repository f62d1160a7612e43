/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/needed_options.h"

#include "lib/base/alloc.h"
#include "lib/machine/kernel_config.h"

/* Requirements of the running kernel as A, and as B and C, which most likely are the same kernel. */
static const char *const needed_options[] = { "KEXEC",	    "KEXEC_JUMP",  "PROC_KCORE",
					      "CRASH_DUMP", "PROC_VMCORE", "PROC_PAGE_MONITOR" };

struct error *needed_options_check(const char *config, const char *release)
{
	AUTO_FREE char *missing = xstrdup("");

	for (size_t i = 0; i < ARRAY_COUNT(needed_options); i++) {
		AUTO_FREE char *before = missing;

		missing = kernel_config_has(config, needed_options[i]) ?
				  xstrdup(before) :
				  xasprintf("%s%sCONFIG_%s", before, *before ? ", " : "", needed_options[i]);
	}
	if (!*missing)
		return NULL;
	return error_new("this kernel, %s, is built without %s%s", release, missing,
			 kernel_config_has(config, "KEXEC_JUMP") ?
				 "" :
				 "; kernel-with-jump(8) makes packages of Debian's kernel with kexec jump, and Ubuntu's and "
				 "Fedora's kernels for x86_64 are said to have it");
}
