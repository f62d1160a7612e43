/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of the next kernel's /proc/vmcore as a segment of the plan. */
#include <inttypes.h>
#include <stdlib.h>

#include "kexec/plan/loading.h"
#include "kexec/plan/vmcore_headers.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/machine/kernel_cmdline.h"

bool vmcore_is_64(const struct loading *loading)
{
	const struct span_set *ram = &loading->machine.ram;

	if (loading->request->core_header_bits)
		return loading->request->core_header_bits == 64;
	return loading->machine.arch->is_64 || (ram->count && ram->items[ram->count - 1].end > 4 * GIB);
}

static void add_elfcorehdr(struct loading *loading)
{
	AUTO_FREE char *given = loading->cmdline;
	AUTO_FREE char *word = xasprintf("elfcorehdr=0x%" PRIx64, loading->headers.start);

	loading->cmdline = cmdline_override(given, word);
}

/* The headers lie at a fixed place once their size is known, and their size does not depend on the place. */
struct error *vmcore_place(struct loading *loading, const struct vmcore_headers *headers, uint64_t least_bytes,
			   size_t *ret_desc_offsets)
{
	size_t size;
	uint64_t start;
	uint8_t *data;
	struct error *error = vmcore_headers_build(headers, 0, &data, &size, ret_desc_offsets);

	if (error)
		return error;
	free(data);

	/* elfcorehdr= of a kernel of this width can name addresses up to there. */
	struct plan_need need = { .what = "vmcore headers",
				  .size_bytes = size > least_bytes ? size : least_bytes,
				  .within = { 0, loading->machine.arch->address_end },
				  .high = true };

	error = plan_place(&loading->plan, loading->where, &need, 1, &start);
	if (!error)
		error = vmcore_headers_build(headers, start, &data, &size, ret_desc_offsets);
	if (error)
		return error;
	plan_fill_owned(&loading->plan, start, data, size);
	loading->headers.start = start;
	loading->window.headers = span_pages_outward(span_of(start, need.size_bytes));
	keep_to_window(loading);
	add_elfcorehdr(loading);
	return NULL;
}
