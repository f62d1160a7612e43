/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of load: for good, in a window or not; a jump; a crash kernel. The memory of the first two. */
#include <inttypes.h>
#include <string.h>

#include "kexec/plan/loading.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/machine/kernel_cmdline.h"

struct error *ordinary_memory(struct loading *loading, const struct window_requirements *requirements)
{
	const struct request *request = loading->request;
	const struct machine *machine = &loading->machine;
	AUTO_SPAN_SET struct span_set free = { 0 }, firmware = { 0 }, added = { 0 };

	(void)requirements;
	if (request->mem_min > request->mem_max)
		return error_new("--mem-min 0x%" PRIx64 " is above --mem-max 0x%" PRIx64, request->mem_min,
				 request->mem_max);
	/* Not in memory that the next kernel's map does not contain, such as memory that was plugged in since boot. */
	memmap_collect(&machine->firmware_map, MEMORY_RAM, &firmware);
	span_set_copy(&added, &machine->ram);
	span_set_remove_set(&added, &firmware);
	span_set_copy(&free, &machine->ram);
	span_set_remove_set(&free, &added);
	span_set_remove(&free, (struct span){ 0, MIB });
	span_set_keep(&free, span_to_last(request->mem_min, request->mem_max));
	/* The plan of another machine (--root) does not depend on the width of the program that prints it. */
	if (!strcmp(request->root, "/"))
		span_set_remove(&free, (struct span){ SYS_ADDRESS_END, SPAN_ADDRESS_END });
	plan_init(&loading->plan, &free);
	if (request->has_mem_max)
		loading->where =
			xasprintf("memory from 0x%" PRIx64 " to 0x%" PRIx64, request->mem_min, request->mem_max);
	else if (request->has_mem_min)
		loading->where = xasprintf("memory from 0x%" PRIx64 " on", request->mem_min);
	else
		loading->where = xstrdup("memory");
	return NULL;
}

/* The next kernel gets the firmware's map of all memory. */
static struct error *build_whole_map(struct loading *loading)
{
	const struct memmap *map = &loading->machine.firmware_map;

	for (size_t i = 0; i < map->count; i++)
		memmap_set(&loading->memmap, map->entries[i].span, map->entries[i].type);
	return NULL;
}

struct error *prepare_all_memory(struct loading *loading)
{
	struct error *error = build_whole_map(loading);

	return error ? error : ordinary_memory(loading, NULL);
}

/* With --confine the next kernel lives in a window, as B does: memory outside it stays unchanged, for krestore. */
static struct error *confined_memory(struct loading *loading, const struct window_requirements *requirements)
{
	const struct request *request = loading->request;
	struct error *error = window_given(&loading->machine, request->mem_min, request->mem_max, &loading->window);

	(void)requirements;
	if (error)
		return error;
	loading->where = xasprintf("memory from 0x%" PRIx64 " to 0x%" PRIx64, request->mem_min, request->mem_max);
	plan_init(&loading->plan, &loading->window.memory);
	return NULL;
}

static struct error *build_window_map(struct loading *loading)
{
	keep_to_window(loading);
	return NULL;
}

/* Keys that are valid for the current boot only. */
#define STALE_WORDS "BOOT_IMAGE", "elfcorehdr", JUMP_BACK_ENTRY_KEY

static const char *const stale_words[] = { STALE_WORDS, NULL };

/* A crash kernel has no memory to reserve. */
static const char *const crash_stale_words[] = { STALE_WORDS, "crashkernel", NULL };

static const struct load_policy policy_ordinary = {
	.stale_words = stale_words,
	.choose_memory = ordinary_memory,
	.build_map_and_headers = build_whole_map,
};

static const struct load_policy policy_confined = {
	.stale_words = stale_words,
	.choose_memory = confined_memory,
	.build_map_and_headers = build_window_map,
};

static const struct load_policy policy_jump = {
	.flags = SYS_KEXEC_PRESERVE_CONTEXT,
	.stale_words = stale_words,
	.cmdline_room = JUMP_BACK_ENTRY_ROOM,
	.read_kernel_map = kernel_map_init,
	.choose_memory = jump_memory,
	.build_map_and_headers = jump_headers_place,
};

static const struct load_policy policy_crash = {
	.flags = SYS_KEXEC_ON_CRASH,
	.stale_words = crash_stale_words,
	.entry_above_4g = true,
	.read_kernel_map = kernel_map_init_addresses,
	.choose_memory = crash_memory,
	.build_map_and_headers = crash_headers_place,
};

const struct load_policy *load_policy_of(const struct request *request)
{
	switch (request->kind) {
	case LOAD_PRESERVE_CONTEXT:
	case LOAD_JUMP_BACK_HELPER:
		return &policy_jump;
	case LOAD_PANIC:
		return &policy_crash;
	case LOAD_ORDINARY:
		break;
	}
	return request->confine ? &policy_confined : &policy_ordinary;
}

void allow_low_memory(struct loading *loading)
{
	AUTO_SPAN_SET struct span_set low = { 0 };

	if (loading->policy != &policy_ordinary)
		return;
	window_low_memory(&loading->machine, &low);
	span_set_keep(&low, span_to_last(loading->request->mem_min, loading->request->mem_max));
	span_set_add_set(&loading->plan.free, &low);
}

char *load_policy_cmdline(const struct request *request, const char *running, const char *own, bool is_linux)
{
	/* A UKI's own is used if no other is given, as by its stub. */
	if (own && !request->append && !request->reuse_cmdline)
		return xstrdup(own);

	AUTO_FREE char *reused =
		request->reuse_cmdline ? cmdline_without(running, load_policy_of(request)->stale_words) : NULL;

	return (is_linux ? cmdline_join : cmdline_concat)(reused, request->append);
}
