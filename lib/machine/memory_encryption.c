/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/memory_encryption.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/core/core_file.h"

static bool is_tdx_guest(const char *root)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/cpuinfo", &text, NULL);
	const char *flag = error ? NULL : strstr(text, " tdx_guest");

	error_free(error);
	return flag && strchr(" \n", flag[strlen(" tdx_guest")]);
}

static bool has_sme_mask(const char *root)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	struct error *error = core_file_init(&core, root, "/proc/kcore");
	uint64_t mask = 0;
	bool has = !error && line_number(core.vmcoreinfo, "NUMBER(sme_mask)", 10, &mask) && mask;

	error_free(error);
	return has;
}

struct error *memory_encryption_check(const char *root)
{
	if (is_tdx_guest(root))
		return error_new("this is a guest of Intel TDX: its memory is encrypted, and the code between two "
				 "kernels cannot read it; use a machine without TDX");
	if (has_sme_mask(root))
		return error_new("the processor encrypts this kernel's memory (AMD SME, or a guest of SEV), and the code "
				 "between two kernels cannot read it; start without SME (mem_encrypt=off), or use a "
				 "machine without SEV");
	return NULL;
}
