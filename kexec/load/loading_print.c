/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --dry-run: the whole plan as text. Stable: tests compare it, so a change
 * of the format is a change of the golden files.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "kexec/load/load.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"

static void print_span(FILE *to, struct span span)
{
	AUTO_FREE char *size = size_text(span_size(span));

	fprintf(to, "0x%012" PRIx64 "-0x%012" PRIx64 "  %10s", span.start, span.end - 1, size);
}

static void print_spans(FILE *to, const char *title, const struct span_set *set)
{
	fprintf(to, "%s\n", title);
	for (size_t i = 0; i < set->count; i++) {
		fputs("  ", to);
		print_span(to, set->items[i]);
		fputc('\n', to);
	}
}

static void print_headers(const struct loading *loading, FILE *to)
{
	const struct vmcore_headers_place *headers = &loading->headers;

	fputs("headers   ", to);
	print_span(to, loading->window.headers);
	if (headers->kept_notes)
		fprintf(to, "  (%zu ranges, %zu notes)\n", loading->visible.count, headers->kept_notes);
	else
		fprintf(to, "  (%zu ranges; entry goes to 0x%" PRIx64 ")\n", loading->visible.count,
			headers->note_entry);
}

static void print_crash(const struct loading *loading, FILE *to)
{
	fputs("loaded to ", to);
	print_span(to, loading->window.bounds);
	fputc('\n', to);
	print_spans(to, "crash kernel's memory", &loading->window.memory);
	print_spans(to, "low memory", &loading->window.low);
	if (!span_is_empty(loading->window.headers))
		print_headers(loading, to);
}

static void print_window(const struct loading *loading, FILE *to)
{
	const struct window *window = &loading->window;
	const char *place = window->in_crash_kernel  ? ", in the crashkernel region" :
			    window->overlaps_kernel ? ", overlaps the running kernel" :
						      "";

	if (!span_is_empty(window->bounds)) {
		fputs("window    ", to);
		print_span(to, window->bounds);
		fprintf(to, "  (%s%s)\n", window->chosen ? "chosen" : "given", place);
	}
	if (window->low.count)
		print_spans(to, "low memory", &window->low);
	if (!span_is_empty(window->headers))
		print_headers(loading, to);
	fprintf(to, "gdt       0x%" PRIx64 "\n", loading->kernel_map.gdt);
}

static void print_segments(const struct loading *loading, FILE *to)
{
	if (loading->placed)
		fprintf(to, "placed    %s\nsegments (%zu)\n", loading->placed, loading->plan.count);
	else
		fprintf(to, "segments (%zu of %d)\n", loading->plan.count, PLAN_SEGMENT_MAX);
	for (size_t i = 0; i < loading->plan.count; i++) {
		const struct plan_segment *segment = &loading->plan.segments[i];

		fputs("  ", to);
		print_span(to, segment->memory);
		fprintf(to, "  %-14s %zu bytes%s\n", segment->what, segment->data.size,
			segment->data.size && segment->undigested ? " (not digested)" : "");
	}
}

static void print_memmap(const struct loading *loading, FILE *to)
{
	fputs("memory map of the new kernel\n", to);
	for (size_t i = 0; i < loading->memmap.count; i++) {
		fputs("  ", to);
		print_span(to, loading->memmap.entries[i].span);
		fprintf(to, "  %s\n", memory_type_name(loading->memmap.entries[i].type));
	}
}

static void print_image(const struct loading *loading, FILE *to)
{
	const struct uki *uki = &loading->image.uki;

	fprintf(to, "image     %s, %zu bytes\n", loading->image.type_name, loading->image.bytes.size);
	if (loading->image.is_uki)
		fprintf(to, "uki       %s, initrds in it: %zu, %s\n", uki->os_name ? uki->os_name : "no name",
			uki->initrd_count, uki->cmdline ? "with a command line" : "no command line");
	for (size_t i = 0; i < loading->module_count; i++)
		fprintf(to, "module    0x%012" PRIx64 ", %zu bytes: %s\n", loading->modules[i].start,
			loading->modules[i].bytes.size, loading->request->modules.items[i]);
}

void loading_print(const struct loading *loading, FILE *to)
{
	const struct purgatory_param *purgatory = &loading->purgatory;

	fprintf(to, "kernel    %s\n", loading->machine.arch->name);
	if (loading->image.type_name)
		print_image(loading, to);
	if (loading->is_jump)
		print_window(loading, to);
	else if (loading->request->kind == LOAD_PANIC)
		print_crash(loading, to);
	if (loading->cmdline && loading->machine.acpi_rsdp && !loading->request->real_mode)
		fprintf(to, "acpi      0x%" PRIx64 "\n", loading->machine.acpi_rsdp);
	if (loading->details)
		fputs(loading->details, to);
	if (loading->memmap.count)
		print_memmap(loading, to);
	if (loading->visible.count)
		print_spans(to, "visible in /proc/vmcore", &loading->visible);
	print_segments(loading, to);
	if (loading->poison.count)
		print_spans(to, "free pages, filled with poison", &loading->poison);
	fprintf(to, "entry     0x%" PRIx64 "\n", loading->plan.entry);
	if (loading->purgatory_start)
		fprintf(to, "target    0x%" PRIx64 ", %" PRIu32 " bit%s\n", purgatory->entry, purgatory->target_mode,
			loading->request->no_checks && !loading->placed ? ", no digest" : "");
	fprintf(to, "flags     0x%" PRIx32 "%s%s%s\n", loading->plan.flags,
		loading->plan.flags & SYS_KEXEC_PRESERVE_CONTEXT ? " (preserve context)" : "",
		loading->plan.flags & SYS_KEXEC_ON_CRASH ? " (on crash)" : "",
		loading->plan.flags & SYS_KEXEC_UPDATE_ELFCOREHDR ? " (headers kept up to date)" : "");
	if (loading->cmdline)
		fprintf(to, "cmdline   %s\n", loading->cmdline);
}
