/* SPDX-License-Identifier: GPL-2.0-only */
/* krestore(8): checks a snapshot, writes it back to physical memory, and jumps to its kernel. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/export.h"
#include "hibernate/missing_disks.h"
#include "hibernate/restoring_child.h"
#include "kexec/plan/sys.h"
#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/standard_streams.h"
#include "lib/base/text.h"
#include "lib/khimage/snapshot.h"

struct options {
	struct restoring restoring;
	struct missing_disks disks;
	struct khimage_unlocking unlocking;
	const char *export; /* NULL, or the path of an ELF core to write */
	struct text_list ignored; /* names of file systems that are not compared */
};

static struct error *set_method(const struct option_entry *entry, const char *text)
{
	static const char *const names[] = {
		[RESTORING_AUTO] = "auto", [RESTORING_PLACE] = "place", [RESTORING_WINDOW] = "window",
	};
	struct options *options = entry->context;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (strcmp(text, names[i]))
			continue;
		options->restoring.method = (enum restoring_method)i;
		return NULL;
	}
	return error_new("--method=%s is neither auto nor place nor window", text);
}

/* An hour is long enough for any disk, and for any answer. */
#define SECONDS_MAX 3600

static struct error *set_seconds(const struct option_entry *entry, const char *text)
{
	unsigned int *seconds = entry->context;
	uint64_t number;

	if (!parse_number(text, &number) || number > SECONDS_MAX)
		return error_new("--%s=%s is not a number of seconds up to %d", entry->name, text, SECONDS_MAX);
	*seconds = (unsigned int)number;
	return NULL;
}

static struct error *check_words(const struct options *options, const struct option_words *words)
{
	if (words->count != 1)
		return error_new("one snapshot is needed; see --help");
	if (options->restoring.method == RESTORING_PLACE && options->restoring.memory)
		return error_new("--memory takes --method=window");
	return NULL;
}

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	const struct option_entry entries[] = {
		{ 'c', "check", NULL, "check everything, also checksums; write nothing", .flag = &options->restoring.check_only },
		{ 'e', "entry", "ADDRESS", "jump there, not to the address in the snapshot", .text = &options->restoring.entry },
		{ 'f', "force", NULL, "continue where the machine seems to be another one", .flag = &options->restoring.force },
		{ 'm', "memory", "FILE", "write to this file in place of /dev/mem, and do not jump",
		  .text = &options->restoring.memory },
		{ 'x', "export", "FILE", "make an ELF core of the snapshot, for debuggers; restore nothing",
		  .text = &options->export },
		{ 'k', "key-file", "FILE", "of an encrypted snapshot: the key for restoring",
		  .text = &options->unlocking.key_file },
		{ 0, "passphrase-file", "FILE", "take the key's passphrase from this file; else it is asked for",
		  .text = &options->unlocking.passphrase_file },
		{ 0, "require-encryption", NULL, "refuse a snapshot that is not encrypted with this key",
		  .flag = &options->unlocking.is_required },
		{ 'i', "ignore-filesystem", "NAME",
		  "do not ask whether the file system with this UUID,\n"
		  "label or device was written to; may be given several times",
		  .list = &options->ignored },
		{ 0, "method", "WAY",
		  "place: by any kernel, with its own memory; window: by a\n"
		  "kernel in the snapshot's window; auto (the default): as\n"
		  "it is possible",
		  .apply = set_method, .context = options },
		{ 0, "times", NULL, "print how long each step took, before the jump",
		  .flag = &options->restoring.times },
		{ 'w', "wait", "SECONDS", "wait so long for file systems whose disk was not found yet",
		  .apply = set_seconds, .context = &options->restoring.except.wait_seconds },
		{ 0, "ask", "SECONDS", "then ask so long on the console whether to wait again",
		  .apply = set_seconds, .context = &options->disks.seconds },
		{ 0, "console", "PATH", "show the progress on this terminal, where Escape cancels, after a question",
		  .text = &options->restoring.console },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const char *usage = "Usage: krestore [OPTION]... SNAPSHOT\n"
			    "Writes the saved memory of a kernel back and jumps to it. SNAPSHOT is a khimage, or\n"
			    "an ELF core made of /proc/vmcore.\n";
	const struct option_program program = { "krestore", usage, entries, ARRAY_COUNT(entries) };
	struct option_words words;
	struct error *error = options_parse_or_answer(&program, argc, argv, &words);

	if (error)
		return error;
	*ret_done = words.asked;
	options->restoring.snapshot = words.asked || !words.count ? NULL : words.items[0];
	return words.asked ? NULL : check_words(options, &words);
}

/* Exports a snapshot in any state with content; also a used one. */
static struct error *export(struct options *options)
{
	AUTO_SNAPSHOT struct snapshot snapshot = { 0 };
	struct target target;
	struct error *error = snapshot_open(&snapshot, options->restoring.snapshot);
	const struct core_file *core = snapshot_core(&snapshot);

	if (!error && snapshot.is_khimage)
		error = khimage_unlock(&snapshot.khimage, &options->unlocking);
	if (!error && !core->notes)
		error = khimage_check_state(snapshot.khimage.superblock.state, options->restoring.snapshot);
	if (!error)
		error = target_check_source(options->export, core->fd, core->path);
	if (!error)
		error = target_check_snapshot(options->export);
	if (!error)
		error = target_check(options->export);
	if (!error)
		error = target_open(&target, options->export, false);
	return error ? error : target_close(&target, export_elf(&snapshot, target.storage.fd, options->export));
}

static void say(const char *text)
{
	fprintf(stderr, "krestore: %s\n", text);
}

static struct error *run(struct options *options)
{
	struct restoring *restoring = &options->restoring;
	bool ignored;

	/* Without a system, nobody else switches the machine off. */
	options->unlocking.ask_seconds = restoring->console ? options->disks.seconds : 0;
	restoring->unlocking = &options->unlocking;
	restoring->except.names = options->ignored.items;
	restoring->except.count = options->ignored.count;
	restoring->except.missing = restoring->force;
	restoring->except.say = restoring->say = say;
	restoring->except.ask = missing_disks_ask;
	restoring->except.ask_context = &options->disks;
	options->disks.snapshot = restoring->snapshot;
	options->disks.console = "/dev/console";
	options->disks.say = say;
	options->disks.switch_off = sys_power_off;
	restoring->program = "krestore";

	struct error *error = restoring_open_key(restoring);

	return error ? error : restoring_run_in_child(restoring, &ignored);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	bool done = false;

	standard_streams_open();
	/* A parent that ignores it passes that on, and how the restoring child ends is not kept. */
	signal(SIGCHLD, SIG_DFL);

	struct error *error = parse_options(argc, argv, &options, &done);

	/* An initramfs has no terminal that controls. */
	options.unlocking.terminal = access("/dev/console", W_OK) || isatty(STDIN_FILENO) ? "/dev/tty" : "/dev/console";
	options.unlocking.say = say;
	if (!error && !done)
		error = options.export ? export(&options) : run(&options);
	khimage_unlocking_deinit(&options.unlocking);
	text_list_deinit(&options.ignored);
	return error_report(standard_output_finish(error), "krestore");
}
