/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load/load_parts.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/machine/kernel_cmdline.h"

/* A vmlinux carries notes of its own; --args-linux gives boot parameters to other ELF files. */
static bool elf_is_linux(const struct boot_image *image)
{
	static const char *const names[] = { "Linux", "Xen" };
	/* LINUX_ELFNOTE_BUILD_SALT, XEN_ELFNOTE_GUEST_OS (include/linux/build-salt.h, xen/interface/elfnote.h) */
	static const uint32_t types[] = { 0x100, 6 };
	struct bytes desc;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (boot_image_find_note(image, names[i], types[i], &desc))
			return true;
	return false;
}

bool loading_is_linux(const struct loading *loading)
{
	if (loading->image.kind != IMAGE_ELF)
		return loading->image.kind == IMAGE_BZIMAGE;
	if (loading->request->args == ARGS_DEFAULT)
		return elf_is_linux(&loading->image);
	return loading->request->args == ARGS_LINUX;
}

char *loading_base_cmdline(const struct loading *loading)
{
	return load_policy_cmdline(loading->request, loading->machine.cmdline, loading->image.uki.cmdline,
				   loading_is_linux(loading));
}

struct error *loading_check_cmdline(const struct loading *loading, uint32_t limit)
{
	size_t length = strlen(loading->cmdline), reserved = loading->policy->cmdline_room;

	if (length + reserved <= limit)
		return NULL;
	if (!reserved)
		return error_new("the command line has %zu bytes; this kernel takes at most %" PRIu32, length,
				 limit);
	return error_new("the command line has %zu bytes and needs %zu more for " JUMP_BACK_ENTRY_KEY
			 "=; this kernel takes at most %" PRIu32,
			 length, reserved, limit);
}

struct plan_need loading_kernel_need(const struct bzimage *bzimage, uint64_t address_end)
{
	struct plan_need need = { .what = "kernel",
				  .size_bytes = bzimage->init_size_bytes,
				  .align = bzimage->kernel_alignment,
				  .within = { bzimage->pref_address, address_end } };

	/* One that cannot be moved runs at its linked address, whatever its alignment (boot.rst, kernel_alignment). */
	if (!bzimage->relocatable) {
		need.within = span_pages_outward(span_of(bzimage->pref_address, need.size_bytes));
		need.align = PAGE_SIZE_BYTES;
	}
	return need;
}

void loading_add_detail(struct loading *loading, const char *format, ...)
{
	AUTO_FREE char *before = loading->details;
	va_list args;

	va_start(args, format);

	AUTO_FREE char *line = xvasprintf(format, args);

	va_end(args);
	loading->details = xasprintf("%s%s\n", before ? before : "", line);
}
