/* SPDX-License-Identifier: GPL-2.0-only */
#include <getopt.h>
#include <string.h>

#include "image.h"
#include "memory.h"
#include "request.h"
#include "text.h"

/* Options without a short form get numbers above all characters. */
enum option_id {
	OPT_MEM_MIN = 256,
	OPT_MEM_MAX,
	OPT_APPEND,
	OPT_REUSE_CMDLINE,
	OPT_INITRD,
	OPT_PRESERVE_CONTEXT,
	OPT_HELPER,
	OPT_ENTRY,
	OPT_ARGS_NONE,
	OPT_ARGS_LINUX,
	OPT_ARGS_ELF,
	OPT_CORE_HEADERS_32,
	OPT_CORE_HEADERS_64,
	OPT_SERIAL,
	OPT_SERIAL_BAUD,
	OPT_CONSOLE_SERIAL,
	OPT_DRY_RUN,
	OPT_ROOT,
};

struct option_entry {
	int id;           /* the character of the short form, or an option_id */
	const char *name; /* NULL: short form only */
	const char *argument;
	const char *help; /* NULL: another spelling of the entry before it */
};

static const struct option_entry option_table[] = {
	{ 'h', "help", NULL, "print this help" },
	{ 'v', "version", NULL, "print the version" },
	{ 'd', "debug", NULL, "print what is done and why" },
	{ 'l', "load", NULL, "load a kernel or program" },
	{ 'e', "exec", NULL, "jump to what is loaded, now; exits 0 when a jump comes back" },
	{ 'f', "force", NULL, "load and jump at once, without shutdown" },
	{ 'u', "unload", NULL, "unload what is loaded" },
	{ 'S', "status", NULL, "exit 1 if a crash kernel (with -l: something for -e) is loaded, 0 if not" },
	{ 'p', "load-panic", NULL, "load a kernel for when this one crashes" },
	{ 't', "type", "TYPE", "the file is of this type (see below)" },
	{ 'c', "kexec-syscall", NULL, "use kexec_load only" },
	{ 's', "kexec-file-syscall", NULL, "use kexec_file_load only" },
	{ 'a', "kexec-syscall-auto", NULL, "kexec_file_load first, else kexec_load (default)" },
	{ 'i', "no-checks", NULL, "load without a digest of what is loaded" },
	{ 'x', "no-ifdown", NULL, "leave the network interfaces up" },
	{ 'y', "no-sync", NULL, "do not sync file systems before the jump" },
	{ OPT_MEM_MIN, "mem-min", "ADDRESS", "lowest physical address to load to (with a jump: of the window)" },
	{ OPT_MEM_MAX, "mem-max", "ADDRESS", "highest physical address, itself included" },
	{ OPT_APPEND, "append", "TEXT", "command line of the new kernel" },
	{ OPT_APPEND, "command-line", "TEXT", NULL },
	{ OPT_REUSE_CMDLINE, "reuse-cmdline", NULL, "start from this kernel's command line" },
	{ OPT_INITRD, "initrd", "FILE", "initial ramdisk" },
	{ OPT_INITRD, "ramdisk", "FILE", NULL },
	{ OPT_PRESERVE_CONTEXT, "load-preserve-context", NULL,
	  "load a kernel or program to jump to with -e, keeping this kernel to come back to" },
	{ OPT_PRESERVE_CONTEXT, "load-jump-back", NULL, NULL },
	{ OPT_HELPER, "load-jump-back-helper", NULL, "in the kernel jumped to: load the way back, then -e" },
	{ 'b', "jump-back", NULL, "in the kernel jumped to: load the way back if it is not loaded, and jump" },
	{ 'j', "jump", NULL, "the same as -e for a jump image: never touches the network" },
	{ 'n', NULL, NULL, "with -p and a window: the old spelling of --load-preserve-context" },
	{ OPT_ENTRY, "entry", "ADDRESS", "physical address to enter a program or the kernel jumped from at" },
	{ OPT_ARGS_NONE, "args-none", NULL, "ELF: a plain program, entered with nothing" },
	{ OPT_ARGS_LINUX, "args-linux", NULL, "ELF: a Linux kernel, gets boot parameters" },
	{ OPT_ARGS_ELF, "args-elf", NULL, "ELF: gets ELF boot notes" },
	{ OPT_CORE_HEADERS_32, "elf32-core-headers", NULL, "32-bit vmcore headers" },
	{ OPT_CORE_HEADERS_64, "elf64-core-headers", NULL, "64-bit vmcore headers" },
	{ OPT_SERIAL, "serial", "PORT", "I/O port for messages before the new kernel (default 0x3f8)" },
	{ OPT_SERIAL_BAUD, "serial-baud", "BAUD", "its speed (default: as it is set)" },
	{ OPT_CONSOLE_SERIAL, "console-serial", NULL, "print such messages on the serial port" },
	{ OPT_DRY_RUN, "dry-run", NULL, "print the whole plan and load nothing" },
	{ OPT_ROOT, "root", "FOLDER", "with --dry-run: read /proc and /sys below this folder" },
};

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

/* A second --initrd would silently replace the first. */
static struct error *set_once(const char *name, const char **slot, const char *value)
{
	if (*slot)
		return error_new("--%s was given twice", name);
	*slot = value;
	return NULL;
}

static void set_load(struct request *request, enum load_kind kind)
{
	request->actions |= ACTION_LOAD;
	request->kind = kind;
}

static struct error *apply_flag(struct request *request, int id)
{
	switch (id) {
	case 'h':
		request->actions |= ACTION_HELP;
		break;
	case 'v':
		request->actions |= ACTION_VERSION;
		break;
	case 'd':
		request->debug = true;
		break;
	case 'l':
		request->actions |= ACTION_LOAD;
		break;
	case 'e':
		request->actions |= ACTION_EXEC;
		break;
	case 'f':
		request->actions |= ACTION_LOAD | ACTION_EXEC;
		break;
	case 'u':
		request->actions |= ACTION_UNLOAD;
		break;
	case 'S':
		request->actions |= ACTION_STATUS;
		break;
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
	case 'i':
		request->no_checks = true;
		break;
	case 'x':
		request->no_ifdown = true;
		break;
	case 'y':
		request->no_sync = true;
		break;
	case 'j':
		request->jump_only = true;
		request->actions |= ACTION_EXEC;
		break;
	default:
		return error_new("unknown option");
	}
	return NULL;
}

static struct error *apply_long_flag(struct request *request, int id)
{
	switch (id) {
	case OPT_REUSE_CMDLINE:
		request->reuse_cmdline = true;
		break;
	case 'n':
	case OPT_PRESERVE_CONTEXT:
		set_load(request, LOAD_PRESERVE_CONTEXT);
		break;
	case OPT_HELPER:
		set_load(request, LOAD_JUMP_BACK_HELPER);
		break;
	case 'b':
		set_load(request, LOAD_JUMP_BACK_HELPER);
		request->jump_only = true;
		request->actions |= ACTION_EXEC;
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
	case OPT_CONSOLE_SERIAL:
		request->console_serial = true;
		break;
	case OPT_DRY_RUN:
		request->dry_run = true;
		break;
	default:
		return apply_flag(request, id);
	}
	return NULL;
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
		return set_once("initrd", &request->initrd, text);
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
		return apply_long_flag(request, id);
	}
}

/* getopt_long's two tables, made from ours. */
static void make_getopt_tables(char *ret_short, struct option *ret_long)
{
	/* '+' is not used: options may follow the kernel's name. ':' asks for "missing argument". */
	*ret_short++ = ':';
	for (size_t i = 0; i < ARRAY_COUNT(option_table); i++) {
		const struct option_entry *entry = &option_table[i];
		int has_argument = entry->argument ? required_argument : no_argument;

		if (entry->id < 256) {
			*ret_short++ = (char)entry->id;
			if (entry->argument)
				*ret_short++ = ':';
		}
		if (entry->name)
			*ret_long++ = (struct option){ entry->name, has_argument, NULL, entry->id };
	}
	*ret_short = '\0';
	*ret_long = (struct option){ 0 };
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
		{ request->has_mem_min, "--mem-min" },
		{ request->has_mem_max, "--mem-max" },
		{ request->entry, "--entry" },
		{ request->args == ARGS_NONE, "--args-none" },
		{ request->args == ARGS_LINUX, "--args-linux" },
		{ request->args == ARGS_ELF, "--args-elf" },
		{ request->console_serial, "--console-serial" },
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
	if (strcmp(request->root, "/") && !request->dry_run)
		return error_new("--root goes with --dry-run only: it describes another machine");
	if (request->call == CALL_KEXEC_FILE_LOAD && request_kexec_load_option(request))
		return error_new("-s does not go with %s: kexec_file_load cannot do that, only kexec_load (-c)",
				 request_kexec_load_option(request));
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
	if (request->kernel && !request->actions)
		request->actions = ACTION_LOAD | ACTION_SHUTDOWN;
	if (!request->actions)
		return error_new("nothing to do: give a kernel and an option such as -l, or see --help");
	if (request->actions & (ACTION_HELP | ACTION_VERSION | ACTION_STATUS))
		return NULL;
	/* "kexec -p -u" unloads the crash kernel: -u says what to do, the other what it is done to. */
	if ((request->actions & ACTION_UNLOAD) && !request->kernel)
		request->actions &= ~(unsigned int)ACTION_LOAD;
	return check_roles(request);
}

static bool is_known(int id)
{
	for (size_t i = 0; i < ARRAY_COUNT(option_table); i++)
		if (option_table[i].id == id)
			return true;
	return false;
}

/* optopt: 0 for a long option that is none, the character of a short one that is none, else the option's id. */
static struct error *getopt_error(int result, char **argv)
{
	/* Of a long option. In the middle of "-abc" getopt has not gone on to the next word yet. */
	const char *word = argv[optind - 1];

	if (!optopt)
		return error_new("option %s is not known, or is not unique", word);
	if (!is_known(optopt))
		return error_new("option -%c is not known", optopt);
	if (result != ':')
		return error_new("option %s takes no argument", word);
	if (word[1] != '-')
		return error_new("option -%c needs an argument", optopt);
	return error_new("option %s needs an argument", word);
}

struct error *request_parse(int argc, char **argv, struct request *ret_request)
{
	struct request request = { .mem_max = UINT64_MAX, .root = "/", .serial_port = 0x3f8 };
	char short_options[2 * ARRAY_COUNT(option_table) + 2];
	struct option long_options[ARRAY_COUNT(option_table) + 1];
	struct error *error = NULL;
	int id;

	make_getopt_tables(short_options, long_options);
	optind = 0;
	opterr = 0;
	while (!error && (id = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		error = id == '?' || id == ':' ? getopt_error(id, argv) : apply_argument(&request, id, optarg);
	if (!error)
		error = take_kernel(&request, argc - optind, argv + optind);
	if (!error)
		*ret_request = request;
	return error;
}

static void print_option(FILE *to, const struct option_entry *entry)
{
	char column[64];
	const char *assign = entry->argument ? "=" : "";
	const char *argument = entry->argument ? entry->argument : "";

	if (entry->id < 256 && entry->name)
		snprintf(column, sizeof(column), "-%c, --%s%s%s", entry->id, entry->name, assign, argument);
	else if (entry->name)
		snprintf(column, sizeof(column), "    --%s%s%s", entry->name, assign, argument);
	else
		snprintf(column, sizeof(column), "-%c", entry->id);
	fprintf(to, "  %-32s %s\n", column, entry->help ? entry->help : "the same");
}

void request_print_help(FILE *to)
{
	fputs("Usage: kexec [OPTION]... [KERNEL]\n"
	      "Loads another kernel or program and jumps to it, for good or to come back.\n\n",
	      to);
	for (size_t i = 0; i < ARRAY_COUNT(option_table); i++)
		print_option(to, &option_table[i]);
	fputs("\nTypes of files (-t), found out by default:\n", to);
	for (size_t i = 0; image_type_help[i][0]; i++)
		fprintf(to, "  %-16s %s\n", image_type_help[i][0], image_type_help[i][1]);
	fputs("\nA jump and back: kexec --load-preserve-context KERNEL --initrd=FILE; kexec -e\n"
	      "and in the kernel started so: kexec -b\n",
	      to);
}
