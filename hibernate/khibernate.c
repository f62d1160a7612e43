/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate(8): sets up, runs and cancels hibernation; one table of commands. */
#include "hibernate/khibernate.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/alone.h"
#include "hibernate/awake.h"
#include "hibernate/encryption.h"
#include "hibernate/first_process.h"
#include "hibernate/mailbox.h"
#include "hibernate/other_programs.h"
#include "hibernate/place_hooks.h"
#include "hibernate/platform_off.h"
#include "hibernate/suspend.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/standard_streams.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"
#include "lib/disk/device_name.h"
#include "lib/machine/machine.h"
#include "purgatory/cmdline_split.h"

/* ---- the small commands ------------------------------------------------------ */

/* Snapshots that exist can be opened by the keys that were there. */
static struct error *khibernate_keys(struct invocation *invocation)
{
	return encryption_make_keys(invocation);
}

/* For a boot that nobody attends: the output is to be sealed in another way. */
static struct error *khibernate_unseal(struct invocation *invocation)
{
	return encryption_unseal(invocation);
}

/* ---- commands for the initramfs ---------------------------------------------- */

/* One parameter per line: a newline within one becomes a blank. For scripts of an initramfs. */
static struct error *print_parameters(const char *path)
{
	AUTO_FREE char *cmdline = NULL;
	struct cmdline_word word;
	struct error *error = read_small_file("/", path, &cmdline, NULL);

	for (size_t at = 0; !error && cmdline_parameter_at(cmdline, at, &word); at = word.end) {
		AUTO_FREE char *name = xstrndup(cmdline + word.name_start, word.name_end - word.name_start);
		AUTO_FREE char *value = xstrndup(cmdline + word.value_start, word.value_end - word.value_start);
		AUTO_FREE char *line = xasprintf("%s%s%s", name, word.has_value ? "=" : "", value);

		for (char *newline = line; (newline = strchr(newline, '\n'));)
			*newline = ' ';
		puts(line);
	}
	return error;
}

/* In B: passes A the reason for the return. */
static struct error *report(const char *text)
{
	AUTO_CORE_FILE struct core_file vmcore = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	AUTO_FREE char *cmdline = NULL;
	struct error *error = awake_cmdline(&cmdline);

	if (!error)
		error = core_file_init(&vmcore, "/", "/proc/vmcore");
	if (!error)
		error = jump_note_find(&vmcore, &note);
	return error ? error : mailbox_report(cmdline, &note.memory, text);
}

static struct error *print_device(const char *spec)
{
	AUTO_FREE char *path = NULL;
	struct error *error = device_name_find(spec, &path);

	if (!error)
		puts(path);
	return error;
}

static struct error *wake_up(const char *nothing)
{
	(void)nothing;
	return awake();
}

static struct error *power_off(const char *nothing)
{
	(void)nothing;
	return platform_off();
}

/* ---- the command line -------------------------------------------------------- */

struct command {
	const char *name;
	const char *help;
	const char *switches; /* its options without a value; NULL for none */
	bool is_alone;        /* no other one changes the snapshot meanwhile (alone.h) */
	bool opens_place;     /* the user's programs set up the snapshot's place before it, and end that after it */
	struct error *(*run)(struct invocation *invocation); /* NULL: run_one instead */
	struct error *(*run_one)(const char *argument);
	const char *argument; /* the name of run_one's argument, NULL if it has none */
};

static const struct command commands[] = {
	{ "setup", "check this machine, make a device an empty snapshot, write the configuration",
	  "--overwrite --passphrase-file", .run = khibernate_setup, .opens_place = true, .is_alone = true },
	{ "keys", "make new keys for encrypted snapshots, and ask for the passphrase to resume by", "--passphrase-file",
	  .run = khibernate_keys },
	{ "unseal", "write the key for restoring to standard output, without its passphrase", "--passphrase-file",
	  .run = khibernate_unseal },
	{ "prepare", "start the saving kernel once, and keep it asleep in a file, to be woken by hibernate",
	  .run = khibernate_prepare, .is_alone = true },
	{ "hibernate", "save this kernel's memory and switch off; exits 0 when it is resumed", "--force --times --sleep",
	  .run = khibernate_sleep, .is_alone = true },
	{ "enable", "make systemctl hibernate, hybrid-sleep and suspend-then-hibernate do it", .run = khibernate_enable },
	{ "disable", "undo that", .run = khibernate_disable },
	{ "status", "print the state of the snapshot", .run = khibernate_status, .opens_place = true },
	{ "cancel", "give a snapshot up that was not resumed", .run = khibernate_cancel, .opens_place = true,
	  .is_alone = true },
	{ "resume", "restore the snapshot and jump to its kernel", "--boot --force --passphrase-file --key-file",
	  .run = khibernate_resume },
	{ "expire", "in a boot that did not resume: give up the snapshot, which must not be resumed any more",
	  .run = khibernate_expire },
	{ "check-boot", "find out whether the next boot can resume: the boot loader's choice, what the initramfs contains",
	  .run = khibernate_check_boot },
	{ "device", "print the path of a device: 8:3, PARTUUID=..., LABEL=...", .run_one = print_device, .argument = "NAME" },
	{ "parameters", "print the kernel parameters of a command line, without their quotes, as the kernel reads them",
	  .run_one = print_parameters, .argument = "FILE" },
	{ "report", "in the saving kernel: report to the saved one why the save failed",
	  .run_one = report, .argument = "TEXT" },
	{ "awake", "in the saving kernel, which slept and was woken: read what it is to do, look at all disks anew",
	  .run_one = wake_up },
	{ "suspend", "suspend to memory until this alarm of the clock; an empty one changes none", .run_one = suspend_to_memory,
	  .argument = "SECONDS" },
	{ "hooks", "in the initramfs: call the programs in hooks.d with open or close", .run_one = place_hooks_call,
	  .argument = "open|close" },
	{ "power-off", "switch the machine off by the firmware's sleep state S4", .run_one = power_off },
};

/* The beginning of --help; heap. */
static char *usage(void)
{
	char *text = xstrdup("Usage: khibernate COMMAND [OPTION]...\n"
			     "Hibernation by kexec: memory is saved by a second kernel, the machine is switched off,\n"
			     "and a later boot puts the memory back.\n\n");

	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		AUTO_FREE char *before = text;

		text = xasprintf("%s  %-11s %s\n", before, commands[i].name, commands[i].help);
	}
	return text;
}

/* Options that are keys of the configuration, in order; applied after the file is read. */
struct settings {
	struct text_list keys, values;
};

static void settings_deinit(struct settings *settings)
{
	text_list_deinit(&settings->keys);
	text_list_deinit(&settings->values);
}

static struct error *note_setting(const struct option_entry *entry, const char *value)
{
	struct settings *settings = entry->context;

	text_list_add(&settings->keys, entry->name);
	text_list_add(&settings->values, value);
	return NULL;
}

#define SETTING .apply = note_setting, .context = settings

static struct error *parse_options(int argc, char **argv, struct invocation *invocation, struct settings *settings,
				   struct option_words *ret_words)
{
	AUTO_FREE char *first = usage();
	const struct option_entry entries[] = {
		{ 0, "config", "FILE", "the configuration (default: " KHIBERNATE_CONFIG_PATH ")",
		  .text = &invocation->config_path },
		{ 0, "device", "DEVICE", "this and the following options: in place of the configuration's", SETTING },
		{ 0, "space", "WHEN", "a file has its blocks: always, on-demand", SETTING },
		{ 0, "kernel", "FILE", "the kernel that saves and restores", SETTING },
		{ 0, "initrd", "FILE", "its initramfs", SETTING },
		{ 0, "append", "TEXT", "more words for its command line", SETTING },
		{ 0, "window", "RANGE", "the memory in which it runs: first-last, or auto", SETTING },
		{ 0, "exclude", "LIST", "pages that are left out: none, free, zero, or free,zero", SETTING },
		{ 0, "compress", "METHOD", "of what is saved: auto, none, lz4, zstd", SETTING },
		{ 0, "prepare", "FILE", "where the saving kernel sleeps (prepare), or no: it is booted each time", SETTING },
		{ 0, "power", "WAY", "how the machine is switched off: off, s4, reboot, suspend", SETTING },
		{ 0, "drivers", "WHICH", "what the kernel that saves has of them: all, needed", SETTING },
		{ 0, "fallback", "WAY", "for a snapshot that a boot cannot place: window, none", SETTING },
		{ 0, "keep", "WHETHER", "each boot resumes the snapshot, again and again: yes, no", SETTING },
		{ 0, "check-boot", "WHETHER", "hibernate refuses if the next boot could not resume: yes, no", SETTING },
		{ 0, "encrypt", "WHETHER", "what is saved, so that resuming takes a passphrase: no, yes", SETTING },
		{ 0, "wipe", "WHETHER", "overwrite what could show a snapshot that was used or given up: no, yes", SETTING },
		{ 0, "passphrase-file", "FILE", "keys, setup, resume: take the passphrase from this file, do not ask",
		  .text = &invocation->passphrase_file },
		{ 0, "key-file", "FILE", "resume: the key for restoring, in place of the configuration's",
		  .text = &invocation->key_file },
		{ 0, "overwrite", NULL, "setup: whatever is on the device", .flag = &invocation->overwrite },
		{ 0, "times", NULL, "hibernate: print how long each step took, when it is resumed",
		  .flag = &invocation->times },
		{ 0, "sleep", "OPERATION", "hibernate: what systemd calls it, hibernate, hybrid-sleep or suspend-then-hibernate;\n"
		  "its programs in system-sleep are run, too", .text = &invocation->sleep },
		{ 0, "boot", NULL, "resume, in an initramfs: it is no error if there is no snapshot", .flag = &invocation->boot },
		{ 0, "force", NULL, "resume: even though file systems are mounted; hibernate: even though\n"
		  "the next boot would not resume", .flag = &invocation->force },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const struct option_program program = { "khibernate", first, entries, ARRAY_COUNT(entries) };

	return options_parse_or_answer(&program, argc, argv, ret_words);
}

static struct error *check_switches(const struct command *command, const struct invocation *invocation)
{
	const struct {
		bool given;
		const char *name;
	} switches[] = {
		{ invocation->boot, "--boot" },
		{ invocation->force, "--force" },
		{ invocation->overwrite, "--overwrite" },
		{ invocation->times, "--times" },
		{ invocation->sleep, "--sleep" },
		{ invocation->passphrase_file, "--passphrase-file" },
		{ invocation->key_file, "--key-file" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(switches); i++)
		if (switches[i].given && !(command->switches && strstr(command->switches, switches[i].name)))
			return error_new("%s takes no %s; see --help", command->name, switches[i].name);
	return NULL;
}

/* The file first, so that options override it. */
static struct error *configure(struct invocation *invocation, const struct settings *settings)
{
	struct error *error = khibernate_config_read(&invocation->config, invocation->config_path);

	invocation->has_config = !error;
	if (error && error_errno_value(error) != ENOENT)
		return error;
	error_free(error);
	error = NULL;
	AUTO_FREE char *device = xstrdup(invocation->config.device);

	for (size_t i = 0; !error && i < settings->keys.count; i++) {
		error = khibernate_config_set(&invocation->config, settings->keys.items[i], settings->values.items[i]);
		invocation->encrypt_is_given |= !strcmp(settings->keys.items[i], "encrypt");
	}
	/* The configuration's file has the blocks of its device, and of no other. */
	if (!error && strcmp(device, invocation->config.device) != 0)
		error = khibernate_config_set(&invocation->config, "file", "");
	return error;
}

static struct error *run_with_argument(const struct command *command, int count, char **arguments)
{
	if (count != (command->argument ? 1 : 0))
		return error_new("%s takes %s", command->name, command->argument ? command->argument : "no argument");
	return command->run_one(arguments[0]);
}

/* NULL: there is none. */
static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static struct error *run_command(struct invocation *invocation, const struct settings *settings,
				 const struct option_words *words)
{
	const struct command *command = words->count ? find_command(words->items[0]) : NULL;
	AUTO_ALONE struct alone alone = { 0 };
	AUTO_PLACE_HOOKS struct place_hooks hooks = { 0 };

	if (!words->count)
		return error_new("a command is needed; see --help");
	if (!command || !command->run)
		return error_new("there is no command %s; see --help", words->items[0]);
	if (words->count > 1)
		return error_new("%s takes options only, not \"%s\"", command->name, words->items[1]);

	struct error *error = check_switches(command, invocation);

	if (!error)
		error = configure(invocation, settings);
	if (!error && command->is_alone)
		error = alone_begin(&alone, invocation->config_path, false);
	if (!error && command->opens_place)
		error = place_hooks_open(&hooks, invocation);
	return error ? error : command->run(invocation);
}

static struct error *run(int argc, char **argv)
{
	AUTO_INVOCATION struct invocation invocation = { .config_path = KHIBERNATE_CONFIG_PATH };
	__attribute__((cleanup(settings_deinit))) struct settings settings = { 0 };
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	struct option_words words;

	/* Text that may begin with "-". */
	if (command && command->run_one)
		return run_with_argument(command, argc - 2, argv + 2);
	khibernate_config_init(&invocation.config);

	struct error *error = parse_options(argc, argv, &invocation, &settings, &words);

	return error || words.asked ? error : run_command(&invocation, &settings, &words);
}

static int run_khibernate(int argc, char **argv)
{
	standard_streams_open();
	/* A parent that ignores it passes that on, and no program's exit status is kept. */
	signal(SIGCHLD, SIG_DFL);
	return error_report(standard_output_finish(run(argc, argv)), "khibernate");
}

static int init_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return first_process(run_khibernate);
}

typedef int main_function(int argc, char **argv);

/* NULL: khibernate's own. */
static main_function *find_program(const char *path)
{
	static const struct {
		const char *name;
		main_function *main;
	} programs[] = {
		{ "kexec", kexec_main },
		{ "kdump", kdump_main },
		{ "krestore", krestore_main },
		{ "kjump_back_param", kjump_back_param_main },
		{ "init", init_main },
	};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_COUNT(programs); i++)
		if (!strcmp(programs[i].name, name))
			return programs[i].main;
	return NULL;
}

int main(int argc, char **argv)
{
	main_function *other = argc ? find_program(argv[0]) : NULL;

	return other ? other(argc, argv) : run_khibernate(argc, argv);
}
