/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of a crash kernel's load: the memory that is reserved for it, and
 * headers that point to the notes which the running kernel writes when it
 * crashes. Low memory: kernels since 5.5 keep out of the first megabyte when
 * memory is reserved (arch/x86/realmode/init.c, reserve_real_mode; before
 * 5.13 crash_reserve_low_1M), so the crash kernel may use it without a copy.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kexec/plan/loading.h"
#include "kexec/plan/sys.h"
#include "kexec/plan/vmcore_headers.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/machine/crash_notes.h"
#include "lib/machine/kernel_cmdline.h"

struct error *crash_memory(struct loading *loading, const struct window_requirements *requirements)
{
	const struct request *request = loading->request;
	AUTO_SPAN_SET struct span_set free = { 0 };
	struct error *error =
		window_crash(&loading->machine, request->mem_min, request->mem_max, &loading->window);

	(void)requirements;
	if (error)
		return error;
	span_set_add(&free, loading->window.bounds);
	loading->where = xasprintf("the crash kernel's region 0x%" PRIx64 "-0x%" PRIx64, loading->window.bounds.start,
				   loading->window.bounds.end - 1);
	plan_init(&loading->plan, &free);
	return NULL;
}

/* Beside the map in the boot parameters, which the decompressor uses; the kernel reads the words later. */
static void add_memmap_words(struct loading *loading)
{
	AUTO_FREE char *before = loading->cmdline;
	AUTO_FREE char *words = memmap_words(&loading->memmap);

	loading->cmdline = cmdline_join(before, words);
}

/* The size that the headers may reach when CPUs and memory are plugged in and the kernel rewrites them. */
static struct error *hotplug_room(const char *root, uint64_t *ret_bytes)
{
	/* The second is the older place (Documentation/ABI/testing/sysfs-kernel-kexec-kdump). */
	static const char *const paths[] = { "/sys/kernel/kexec/crash_elfcorehdr_size",
					     "/sys/kernel/crash_elfcorehdr_size" };
	struct error *error = NULL;

	for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
		AUTO_FREE char *text = NULL;

		error_free(error);
		error = read_first_line(root, paths[i], &text);
		if (error)
			continue;
		return parse_number(text, ret_bytes) ? NULL :
						       error_new("%s contains \"%s\", which is no size", paths[i], text);
	}
	if (error_errno_value(error) != ENOENT)
		return error;
	error_free(error);
	return error_new("--hotplug: this kernel does not keep a crash kernel's headers up to date (no %s: Linux 6.6 "
			 "with CONFIG_CRASH_HOTPLUG is needed)",
			 paths[1]);
}

struct error *crash_headers_place(struct loading *loading)
{
	const struct request *request = loading->request;
	AUTO_CRASH_NOTES struct crash_notes notes = { 0 };
	uint64_t room = 0;
	struct error *error = crash_notes_read(request->root, &notes);

	if (!error && request->hotplug)
		error = hotplug_room(request->root, &room);
	if (error)
		return error;
	window_outside(&loading->window, &loading->machine, &loading->visible);

	struct vmcore_headers headers = { .is_64 = vmcore_is_64(loading),
					  .map = &loading->kernel_map,
					  .memory = &loading->visible,
					  .kept_notes = notes.places,
					  .kept_note_count = notes.count };

	error = vmcore_place(loading, &headers, room, NULL);
	if (error)
		return error;
	loading->headers.kept_notes = notes.count;
	if (request->pass_memmap_cmdline)
		add_memmap_words(loading);
	if (request->hotplug) {
		/* The kernel rewrites them, so they cannot be in the digest. */
		plan_segment_at(&loading->plan, loading->headers.start)->undigested = true;
		loading->plan.flags |= SYS_KEXEC_UPDATE_ELFCOREHDR;
	}
	return NULL;
}
