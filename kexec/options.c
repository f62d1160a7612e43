/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "kexec/format/image.h"
#include "kexec/option_table.h"
#include "kexec/plan/request.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

static struct error *option_number(const char *name, const char *text, uint64_t limit, uint64_t *ret_value)
{
	uint64_t value;

	if (!parse_number(text, &value))
		return error_new("--%s \"%s\" is not a number (0x… for hexadecimal; K, M, G may follow)", name, text);
	if (value > limit)
		return error_new("--%s %s is too large", name, text);
	*ret_value = value;
	return NULL;
}

/* A second one would silently replace the first. */
static struct error *set_once(const char *name, const char **slot, const char *value)
{
	if (*slot)
		return error_new("--%s was given twice", name);
	*slot = value;
	return NULL;
}

static void list_add(struct text_list *list, const char *text)
{
	list->items = xgrow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = text;
}

static void set_load(struct request *request, enum load_kind kind)
{
	request->actions |= ACTION_LOAD;
	request->kind = kind;
}

/* What the table cannot say of an option without an argument. */
static void apply_word(struct request *request, int id)
{
	switch (id) {
	case 'p':
		if (request->kind != LOAD_PRESERVE_CONTEXT)
			set_load(request, LOAD_PANIC);
		break;
	case 'c':
		request->call = CALL_KEXEC_LOAD;
		break;
	case 's':
		request->call = CALL_KEXEC_FILE_LOAD;
		break;
	case 'a':
		request->call = CALL_AUTO;
		break;
	case 'n':
	case OPT_PRESERVE_CONTEXT:
		set_load(request, LOAD_PRESERVE_CONTEXT);
		break;
	case 'b':
	case OPT_HELPER:
		set_load(request, LOAD_JUMP_BACK_HELPER);
		break;
	case OPT_ARGS_NONE:
		request->args = ARGS_NONE;
		break;
	case OPT_ARGS_LINUX:
		request->args = ARGS_LINUX;
		break;
	case OPT_ARGS_ELF:
		request->args = ARGS_ELF;
		break;
	case OPT_CORE_HEADERS_32:
		request->core_header_bits = 32;
		break;
	case OPT_CORE_HEADERS_64:
		request->core_header_bits = 64;
		break;
	default:
		break;
	}
}

/* --serial takes a port number, or ttyS0 and ttyS1 as kexec-tools does not. */
static struct error *apply_serial(struct request *request, const char *text)
{
	uint64_t port;
	struct error *error = NULL;

	if (!strcmp(text, "ttyS0"))
		port = 0x3f8;
	else if (!strcmp(text, "ttyS1"))
		port = 0x2f8;
	else
		error = option_number("serial", text, UINT16_MAX, &port);
	if (!error)
		request->serial_port = (uint16_t)port;
	return error;
}

static struct error *apply_bound(const char *name, const char *text, bool *is_set, uint64_t *ret_value)
{
	if (*is_set)
		return error_new("--%s was given twice", name);
	*is_set = true;
	return option_number(name, text, UINT64_MAX, ret_value);
}

static struct error *apply_argument(struct request *request, int id, const char *text)
{
	struct error *error = NULL;
	uint64_t number = 0;

	switch (id) {
	case 't':
		return set_once("type", &request->type, text);
	case OPT_MEM_MIN:
		return apply_bound("mem-min", text, &request->has_mem_min, &request->mem_min);
	case OPT_MEM_MAX:
		return apply_bound("mem-max", text, &request->has_mem_max, &request->mem_max);
	case OPT_APPEND:
		return set_once("append", &request->append, text);
	case OPT_INITRD:
		list_add(&request->initrds, text);
		return NULL;
	case OPT_DTB:
		return set_once("dtb", &request->dtb, text);
	case OPT_MODULE:
		list_add(&request->modules, text);
		return NULL;
	case OPT_ENTRY:
		return set_once("entry", &request->entry, text);
	case OPT_SERIAL:
		return apply_serial(request, text);
	case OPT_SERIAL_BAUD:
		error = option_number("serial-baud", text, 4000000, &number);
		request->serial_baud = (uint32_t)number;
		return error;
	case OPT_ROOT:
		request->root = text;
		return NULL;
	default:
		return NULL;
	}
}

static struct error *apply(struct request *request, int id, const char *text)
{
	const struct option_entry *entry = option_find(id);

	request->actions |= entry->actions;
	if (entry->flag)
		*(bool *)((char *)request + entry->flag) = true;
	if (entry->refused && !request->refused)
		request->refused = entry;
	if (entry->argument)
		return apply_argument(request, id, text);
	apply_word(request, id);
	return NULL;
}

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
	if (request->kernel && !(request->actions & ACTION_LOAD))
		return error_new("\"%s\": nothing is loaded by this command; is an option missing its argument?",
				 request->kernel);
	if (request->confine && (!request->has_mem_min || !request->has_mem_max))
		return error_new("--confine needs --mem-min and --mem-max: the memory that the new kernel is told of");
	if (request->confine && request->kind != LOAD_ORDINARY)
		return error_new("--confine goes with -l: what is jumped to is confined to its window anyway");
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
	if (request->kind == LOAD_PANIC && (request->actions & ACTION_EXEC))
		return error_new("-p does not go with -e or -f: a crash kernel is started by a crash");
	if (request->reuse_cmdline && request->kind == LOAD_JUMP_BACK_HELPER)
		return error_new("--reuse-cmdline means nothing with --load-jump-back-helper");
	return NULL;
}

static struct error *take_kernel(struct request *request, int count, char **arguments)
{
	if (count > 1)
		return error_new("one kernel only: what is \"%s\"?", arguments[1]);
	if (count == 1)
		request->kernel = arguments[0];
	if (request->refused && !(request->actions & (ACTION_HELP | ACTION_VERSION)))
		return error_new("--%s %s", request->refused->name, request->refused->refused);
	if (request->kernel && !request->actions)
		request->actions = ACTION_LOAD | ACTION_SHUTDOWN;
	if (!request->actions)
		return error_new("nothing to do: give a kernel and an option such as -l, or see --help");
	if (request->actions & (ACTION_HELP | ACTION_VERSION | ACTION_STATUS | ACTION_PRINT_REGION_SIZE))
		return NULL;
	/* "kexec -p -u" unloads the crash kernel: -u says what to do, the other what it is done to. */
	if ((request->actions & ACTION_UNLOAD) && !request->kernel)
		request->actions &= ~(unsigned int)ACTION_LOAD;
	return check_roles(request);
}

/* optopt: 0 for a long option that is none, the character of a short one that is none, else the option's id. */
static struct error *getopt_error(int result, char **argv)
{
	/* Of a long option. In the middle of "-abc" getopt has not gone on to the next word yet. */
	const char *word = argv[optind - 1];

	if (!optopt)
		return error_new("option %s is not known, or is not unique", word);
	if (!option_find(optopt))
		return error_new("option -%c is not known", optopt);
	if (result != ':')
		return error_new("option %s takes no argument", word);
	if (word[1] != '-')
		return error_new("option -%c needs an argument", optopt);
	return error_new("option %s needs an argument", word);
}

struct request request_default(void)
{
	return (struct request){ .mem_max = UINT64_MAX, .root = "/", .serial_port = 0x3f8 };
}

struct error *request_parse(int argc, char **argv, struct request *ret_request)
{
	struct request request = request_default();
	AUTO_FREE char *short_options = NULL;
	AUTO_FREE struct option *long_options = NULL;
	struct error *error = NULL;
	int id;

	option_getopt_tables(&short_options, &long_options);
	optind = 0;
	opterr = 0;
	while (!error && (id = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		error = id == '?' || id == ':' ? getopt_error(id, argv) : apply(&request, id, optarg);
	if (!error)
		error = take_kernel(&request, argc - optind, argv + optind);
	if (error)
		request_deinit(&request);
	else
		*ret_request = request;
	return error;
}

void request_deinit(struct request *request)
{
	free(request->initrds.items);
	free(request->modules.items);
	*request = (struct request){ 0 };
}

void request_print_help(FILE *to)
{
	fputs("Usage: kexec [OPTION]... [KERNEL]\n"
	      "Loads another kernel or program and jumps to it, for good or to come back.\n\n",
	      to);
	option_table_print(to);
	fputs("\nTypes of files (-t), found out by default:\n", to);
	for (size_t i = 0; image_type_help[i][0]; i++)
		fprintf(to, "  %-16s %s\n", image_type_help[i][0], image_type_help[i][1]);
	fputs("\nA jump and back: kexec --load-preserve-context KERNEL --initrd=FILE; kexec -e\n"
	      "and in the kernel started so: kexec -b\n",
	      to);
}
