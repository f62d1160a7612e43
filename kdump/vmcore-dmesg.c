/* SPDX-License-Identifier: GPL-2.0-only */
/* vmcore-dmesg(8): prints the kernel log in an ELF core of a kernel's memory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/standard_streams.h"
#include "lib/core/arch.h"
#include "lib/core/core_file.h"
#include "lib/core/kernel_log.h"
#include "lib/core/linear_memory.h"

struct options {
	const char *path;
	bool with_caller;
};

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	const struct option_entry entries[] = {
		{ 'c', "caller", NULL, "print the thread or CPU of each message, where the core has it",
		  .flag = &options->with_caller },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const char *usage = "Usage: vmcore-dmesg [OPTION]... [FILE]\n"
			    "Prints the log of the kernel whose memory an ELF core holds (default: /proc/vmcore).\n";
	const struct option_program program = { "vmcore-dmesg", usage, entries, ARRAY_COUNT(entries) };
	struct option_words words;
	struct error *error = options_parse_or_answer(&program, argc, argv, &words);

	if (error)
		return error;
	*ret_done = words.asked;
	if (words.count > 1)
		return error_new("one file only, not \"%s\", too", words.items[1]);
	if (words.count == 1)
		options->path = words.items[0];
	return NULL;
}

static struct error *read_memory(void *context, uint64_t linear, void *to, size_t size)
{
	return linear_memory_read(context, linear, to, size);
}

static struct error *print_record(void *context, const struct log_record *record)
{
	const struct options *options = context;
	AUTO_FREE char *text = log_record_text(record, options->with_caller);

	return fputs(text, stdout) < 0 ? error_errno(errno, "cannot write the log") : NULL;
}

static struct error *run(struct options *options)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	struct linear_memory memory;
	struct error *error = core_file_open(&core, options->path);

	if (error)
		return error;

	const struct arch *arch = arch_by_elf_machine(core.elf.machine);

	/* Without page tables the log is still found by PT_LOADs, if it is not in vmalloc memory. */
	error_free(linear_memory_init(&memory, &core, arch));

	struct kernel_log_source source = { .vmcoreinfo = core.vmcoreinfo, .is_64 = arch->is_64, .read = read_memory,
					    .context = &memory };

	error = kernel_log_read(&source, print_record, options);
	if (!error && fflush(stdout))
		error = error_errno(errno, "cannot write the log");
	return error_prefix(error, "%s", options->path);
}

int main(int argc, char **argv)
{
	struct options options = { .path = "/proc/vmcore" };
	bool done = false;

	standard_streams_open();
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = run(&options);
	return error_report(standard_output_finish(error), "vmcore-dmesg");
}
