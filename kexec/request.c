/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of kexec as a request, by the option table. */
#include <string.h>

#include "kexec/format/boot_image.h"
#include "kexec/option_table.h"
#include "kexec/plan/request.h"
#include "lib/base/alloc.h"

const char *request_kexec_load_option(const struct request *request)
{
	const struct {
		bool given;
		const char *option;
	} options[] = {
		{ request->kind == LOAD_PRESERVE_CONTEXT, "--load-preserve-context" },
		{ request->kind == LOAD_JUMP_BACK_HELPER, "--load-jump-back-helper" },
		{ request->dry_run, "--dry-run" },
		{ request->confine, "--confine" },
		{ request->has_mem_min, "--mem-min" },
		{ request->has_mem_max, "--mem-max" },
		{ request->entry, "--entry" },
		{ request->modules.count, "--module" },
		{ request->args == ARGS_NONE, "--args-none" },
		{ request->args == ARGS_LINUX, "--args-linux" },
		{ request->args == ARGS_ELF, "--args-elf" },
		{ request->entry_32bit, "--entry-32bit" },
		{ request->real_mode, "--real-mode" },
		{ request->dtb, "--dtb" },
		{ request->no_efi, "--noefi" },
		{ request->reset_vga, "--reset-vga" },
		{ request->console_serial, "--console-serial" },
		{ request->console_vga, "--console-vga" },
		{ request->pass_memmap_cmdline, "--pass-memmap-cmdline" },
		{ request->kind == LOAD_PANIC && request->core_header_bits == 32, "--elf32-core-headers" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(options); i++)
		if (options[i].given)
			return options[i].option;
	return NULL;
}

static struct error *check_roles(const struct request *request)
{
	if (request->kind == LOAD_JUMP_BACK_HELPER && request->kernel)
		return error_new("--load-jump-back-helper takes no kernel (\"%s\"): it loads the way back only",
				 request->kernel);
	if ((request->actions & ACTION_LOAD) && request->kind != LOAD_JUMP_BACK_HELPER && !request->kernel)
		return error_new("no kernel given to load");
	if ((request->actions & ACTION_SAVE_ASLEEP) && (request->actions != ACTION_SAVE_ASLEEP || request->unused_kernel))
		return error_new("--save-asleep stands alone: it writes what is loaded already");
	if (request->confine && (!request->has_mem_min || !request->has_mem_max))
		return error_new("--confine needs --mem-min and --mem-max: the memory that the new kernel gets");
	if (request->confine && request->kind != LOAD_ORDINARY)
		return error_new("--confine goes with -l: a jump confines its kernel to the window anyway");
	if (strcmp(request->root, "/") && !request->dry_run)
		return error_new("--root goes with --dry-run only: it describes another machine");
	if (request->call == CALL_KEXEC_FILE_LOAD && request_kexec_load_option(request))
		return error_new("-s does not go with %s: kexec_file_load cannot do that, only kexec_load (-c)",
				 request_kexec_load_option(request));
	if (request->real_mode && (request->kind != LOAD_ORDINARY || request->confine))
		return error_new("--real-mode goes with -l: a kernel that asks the BIOS for all memory cannot be %s",
				 request->kind == LOAD_PANIC ? "a crash kernel" :
				 request->confine	    ? "confined" :
							      "jumped to");
	if (request->real_mode && (request->entry_32bit || request->dtb))
		return error_new("--real-mode does not go with %s: the setup code makes the boot parameters and chooses the "
				 "entry",
				 request->dtb ? "--dtb" : "--entry-32bit");
	if (request->dtb && request->force_dtb)
		return error_new("--dtb and --force-dtb: one device tree only");
	if (request->hotplug && request->kind != LOAD_PANIC)
		return error_new("--hotplug goes with -p: it is about a crash kernel's vmcore headers");
	if (request->pass_memmap_cmdline && request->kind != LOAD_PANIC)
		return error_new("--pass-memmap-cmdline goes with -p: it is about a crash kernel's memory map");
	if (request->reuse_cmdline && request->kind == LOAD_JUMP_BACK_HELPER)
		return error_new("--reuse-cmdline means nothing with --load-jump-back-helper");
	return NULL;
}

static struct error *set_kernel(struct request *request, size_t count, char **arguments)
{
	if (count > 1)
		return error_new("one kernel only: \"%s\" is one too many", arguments[1]);
	if (count == 1)
		request->kernel = arguments[0];
	if (request->kernel && !request->actions)
		request->actions = ACTION_LOAD | ACTION_SHUTDOWN;
	if (!request->actions)
		return error_new("nothing to do: give a kernel and an option such as -l, or see --help");
	if (request->actions & (ACTION_HELP | ACTION_VERSION | ACTION_STATUS | ACTION_PRINT_REGION_SIZE))
		return NULL;
	/* "kexec -u -p" unloads the crash kernel: -u is the action, -p names its object. */
	if ((request->actions & ACTION_UNLOAD) && !request->kernel && request->kind != LOAD_JUMP_BACK_HELPER)
		request->actions &= ~(unsigned int)ACTION_LOAD;
	if (!(request->actions & ACTION_LOAD)) {
		request->unused_kernel = request->kernel;
		request->kernel = NULL;
	}
	return check_roles(request);
}

struct request request_default(void)
{
	return (struct request){ .mem_max = UINT64_MAX, .root = "/", .serial_port = 0x3f8 };
}

static struct option_program program_of(const struct option_table *table)
{
	return (struct option_program){
		.name = "kexec",
		.usage = "Usage: kexec [OPTION]... [KERNEL]\n"
			 "Loads another kernel or program and jumps to it, for good or to come back.\n",
		.entries = table->entries,
		.entry_count = table->count,
	};
}

struct error *request_parse(int argc, char **argv, struct request *ret_request)
{
	AUTO_REQUEST struct request request = request_default();
	AUTO_OPTION_TABLE struct option_table table = { 0 };
	struct option_words words;

	option_table_init(&table, &request);

	const struct option_program program = program_of(&table);
	struct error *error = options_parse(&program, argc, argv, &words);

	if (!error && words.asked)
		request.actions = words.asked == OPTION_ASKS_HELP    ? ACTION_HELP :
				  words.asked == OPTION_ASKS_VERSION ? ACTION_VERSION :
								       ACTION_PRINT_REGION_SIZE;
	else if (!error)
		error = set_kernel(&request, words.count, words.items);
	if (error)
		return error;
	*ret_request = request;
	request = (struct request){ 0 };
	return NULL;
}

void request_deinit(struct request *request)
{
	text_list_deinit(&request->initrds);
	text_list_deinit(&request->modules);
	*request = (struct request){ 0 };
}

void request_print_help(FILE *to)
{
	struct request request = request_default();
	AUTO_OPTION_TABLE struct option_table table = { 0 };

	option_table_init(&table, &request);

	const struct option_program program = program_of(&table);

	options_print_help(&program, to);
	fputs("\nTypes of files (-t), found out by default:\n", to);
	for (size_t i = 0; boot_image_type_help[i][0]; i++)
		fprintf(to, "  %-16s %s\n", boot_image_type_help[i][0], boot_image_type_help[i][1]);
	fputs("\nA jump and back: kexec --load-preserve-context KERNEL --initrd=FILE; kexec -e\n"
	      "and in the kernel started so: kexec -b\n",
	      to);
}
