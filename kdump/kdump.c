/* SPDX-License-Identifier: GPL-2.0-only */
/* kdump(8): writes the memory of the kernel that /proc/vmcore shows to a file, a partition or a stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kdump/core_write.h"
#include "kdump/khimage_size.h"
#include "kdump/khimage_write.h"
#include "kdump/selection.h"
#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/options.h"
#include "lib/base/progress.h"
#include "lib/base/secret.h"
#include "lib/base/standard_streams.h"
#include "lib/base/text.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"
#include "lib/disk/filesystem_guard.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_codec.h"
#include "lib/khimage/khimage_keys.h"
#include "lib/khimage/khimage_others.h"

enum action { SAVE, INIT, DISCARD };

struct options {
	struct step_clock begun;
	enum action action;
	const char *source; /* NULL: /proc/vmcore, or /dev/mem with has_headers */
	bool has_headers;
	uint64_t headers; /* physical address of ELF headers, source is memory */
	const char *used;   /* NULL, or the list of file systems that the kernel uses */
	const char *output; /* or the device to initialise or discard */
	bool has_format, is_khimage;
	uint32_t compression;
	bool is_auto; /* the compression, for each chunk */
	bool exclude_free, exclude_zero;
	const char *key; /* NULL: it is not encrypted */
	bool overwrite;
	const char *console; /* NULL, or the terminal for progress and Escape */
};

static struct error *set_exclude(const struct option_entry *entry, const char *argument)
{
	struct options *options = entry->context;
	AUTO_FREE char *list = xstrdup(argument);
	char *rest = list;

	for (char *word; (word = strsep(&rest, ","));) {
		if (!strcmp(word, "free"))
			options->exclude_free = true;
		else if (!strcmp(word, "zero"))
			options->exclude_zero = true;
		else
			return error_new("--exclude: \"%s\" is not known; \"free\" and \"zero\" are", word);
	}
	return NULL;
}

static struct error *set_format(const struct option_entry *entry, const char *name)
{
	struct options *options = entry->context;

	options->has_format = true;
	options->is_khimage = !strcmp(name, "khimage");
	if (options->is_khimage || !strcmp(name, "elf"))
		return NULL;
	return error_new("--format: \"%s\" is not known; \"elf\" and \"khimage\" are", name);
}

static struct error *set_compression(const struct option_entry *entry, const char *name)
{
	struct options *options = entry->context;

	options->is_auto = !strcmp(name, "auto");
	if (options->is_auto)
		options->compression = khimage_codec_fastest();
	else if (!khimage_compression_by_name(name, &options->compression))
		return error_new("--compress: \"%s\" is not known; \"auto\", \"none\", \"lz4\" and \"zstd\" are", name);
	return khimage_codec_available(options->compression);
}

static struct error *set_headers(const struct option_entry *entry, const char *address)
{
	struct options *options = entry->context;

	options->has_headers = parse_number(address, &options->headers);
	return options->has_headers ? NULL : error_new("--elfcorehdr: \"%s\" is no address", address);
}

static struct error *set_action(const struct option_entry *entry, const char *nothing)
{
	struct options *options = entry->context;
	enum action action = (enum action)entry->value;

	(void)nothing;
	if (options->action != SAVE && options->action != action)
		return error_new("--init makes an empty khimage, --discard gives a snapshot up: only one of them");
	options->action = action;
	return NULL;
}

static struct error *check_options(const struct options *options)
{
	if (options->action != SAVE && target_is_stdout(options->output))
		return error_new("a khimage is on a partition or in a file, not in a stream");
	if (options->is_khimage && target_is_stdout(options->output))
		return error_new("a khimage is not written to a stream: a part of it is written last, and stands first");
	if (options->key && !options->is_khimage)
		return error_new("an ELF core is not encrypted; give --format=khimage, or pipe it through a program");
	if ((options->compression != KHIMAGE_NONE || options->is_auto) && !options->is_khimage)
		return error_new("an ELF core is not compressed; give --format=khimage, or pipe it through a program");
	return NULL;
}

#define BY(function, value_) .apply = (function), .context = options, .value = (value_)

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	const struct option_entry entries[] = {
		{ 'F', "format", "FORMAT", "elf (default), or khimage: for a partition, with checksums", BY(set_format, 0) },
		{ 'c', "compress", "METHOD", "of a khimage: none (default), lz4, zstd, auto", BY(set_compression, 0) },
		{ 'e', "exclude", "LIST", "leave out pages that are free, zero or both: free,zero", BY(set_exclude, 0) },
		{ 'f', "from", "FILE", "of this ELF core in place of /proc/vmcore", .text = &options->source },
		{ 'E', "elfcorehdr", "ADDRESS", "of memory itself (/dev/mem), by the ELF headers there", BY(set_headers, 0) },
		{ 'u', "used", "FILE", "only the file systems in this list count as used by the kernel",
		  .text = &options->used },
		{ 0, "console", "PATH", "show the progress on this terminal, where Escape cancels", .text = &options->console },
		{ 0, "encrypt", "KEY", "of a khimage: with this key for saving (khibernate keys)", .text = &options->key },
		{ 'i', "init", NULL, "make an empty khimage of a partition", BY(set_action, INIT) },
		{ 'd', "discard", NULL, "give up the snapshot on a partition", BY(set_action, DISCARD) },
		{ 'O', "overwrite", NULL, "take a partition although something of value is on it",
		  .flag = &options->overwrite },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const char *usage = "Usage: kdump [OPTION]... FILE|DEVICE|-\n"
			    "       kdump --init|--discard DEVICE\n"
			    "Writes the memory that /proc/vmcore shows as an ELF core or as a khimage.\n";
	const struct option_program program = { "kdump", usage, entries, ARRAY_COUNT(entries) };
	struct option_words words;
	struct error *error = options_parse_or_answer(&program, argc, argv, &words);

	if (error)
		return error;
	*ret_done = words.asked;
	if (*ret_done)
		return NULL;
	if (words.count != 1)
		return error_new("one %s is needed; see --help",
				 options->action == SAVE ? "file, device or - (standard output)" : "device or file");
	options->output = words.items[0];
	return check_options(options);
}

/*
 * Free memory in smaller pieces is written with its neighbours. In an ELF core
 * a program header and a seek for each would cost more (makedumpfile does the
 * same); in a khimage a run costs 16 bytes.
 */
#define LEAST_ELF_HOLE_BYTES (256 * PAGE_SIZE_BYTES)
#define LEAST_KHIMAGE_HOLE_BYTES (8 * PAGE_SIZE_BYTES)

/* Selects the whole memory, without the kernel's free pages if --exclude has them. */
static struct error *select_memory(const struct options *options, const struct core_file *core,
				   struct selection *selection)
{
	struct selection_size size = { 0 };
	struct error *error = selection_init(selection, core);

	if (!error)
		error = selection_measure(selection, &size);
	if (!error && !size.bytes)
		error = error_new("%s holds no memory", core->path);
	if (error || !options->exclude_free)
		return error;
	error = selection_leave_out_free(selection, options->is_khimage ? LEAST_KHIMAGE_HOLE_BYTES :
									   LEAST_ELF_HOLE_BYTES);
	if (error) {
		/* A snapshot with the free pages is larger, and valid. */
		fprintf(stderr, "kdump: %s: everything is written\n", error_text(error));
		error_free(error);
	}
	return NULL;
}

/* The boot of the saved kernel. Without a KJUMP note it is unknown, and the core cannot be resumed. */
static struct khimage_identity identify(const struct core_file *core, uint64_t *ret_memory_digest)
{
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	struct khimage_identity identity = { 0 };
	struct error *error = jump_note_find(core, &note);

	if (!error)
		memcpy(identity.boot_id, note.fixed.boot_id, sizeof(identity.boot_id));
	*ret_memory_digest = error ? 0 : note.fixed.memory_digest;
	error_free(error);
	return identity;
}

static struct error *write_khimage(const struct options *options, struct core_source *source,
				   const struct selection *selection, const struct target *target)
{
	AUTO_CONSOLE struct console console = CONSOLE_NONE;
	struct progress progress;
	struct khimage_superblock committed;
	AUTO_KHIMAGE_OTHERS struct khimage_others others = { 0 };
	AUTO_SECRET struct khkey_saving *key = NULL;
	uint64_t memory_digest;
	struct khimage_identity identity = identify(source->core, &memory_digest);
	struct error *error = khimage_others_find(target->name, &identity, &others);

	if (!error && options->key)
		error = khkey_read_saving(options->key, &key);

	struct khimage_write job = { .source = source, .selection = selection, .omit_zero = options->exclude_zero,
				     .compression = options->compression, .is_paced = options->is_auto,
				     .memory_digest = memory_digest, .key = key,
				     .begun = options->begun, .older_generation = others.newest_generation,
				     .storage = &target->storage, .name = target->name, .progress = progress_show, .context = &progress };
	bool size_is_known = options->compression == KHIMAGE_NONE && !options->exclude_zero;
	uint64_t limit;

	memcpy(job.boot_id, identity.boot_id, sizeof(job.boot_id));
	if (!error)
		error = khimage_size_limit(selection, &limit);
	if (!error && size_is_known)
		error = target_check_size(target, limit);
	if (error)
		return error;
	console_open(&console, options->console, "saving", NULL);
	progress_begin(&progress, "kdump", &console);
	error = khimage_write_all(&job, &committed);
	if (error)
		progress_abandon(&progress);
	else
		progress_end(&progress, "wrote ", committed.end_offset);
	return error;
}

static struct error *write_elf(const struct options *options, struct core_source *source, struct selection *selection,
			       const struct target *target)
{
	AUTO_CORE_LAYOUT struct core_layout layout = { 0 };
	AUTO_CONSOLE struct console console = CONSOLE_NONE;
	struct progress progress;
	struct core_write job = { .source = source, .selection = selection, .layout = &layout, .fd = target->storage.fd,
				  .name = target->name, .progress = progress_show, .context = &progress };
	struct error *error = options->exclude_zero ? selection_find_zeros(selection, source) : NULL;

	if (!error)
		error = core_write_layout(&layout, selection);
	if (!error)
		error = target_check_size(target, core_layout_file_size(&layout));
	if (error)
		return error;
	console_open(&console, options->console, "saving", NULL);
	progress_begin(&progress, "kdump", &console);
	error = core_write_all(&job);
	if (error)
		progress_abandon(&progress);
	else
		progress_end(&progress, "wrote ", core_layout_file_size(&layout));
	return error;
}

static struct error *open_source(const struct options *options, struct core_file *core)
{
	if (options->has_headers)
		return core_file_open_memory(core, options->source ? options->source : "/dev/mem", options->headers);
	return core_file_open(core, options->source ? options->source : "/proc/vmcore");
}

/* An ELF core cannot be marked as restored, so a forgotten option must not replace a khimage by one. */
static struct error *check_format(const struct options *options)
{
	if (options->has_format || target_is_stdout(options->output) || !khimage_probe_path(options->output))
		return NULL;
	return error_new("%s is a khimage: give --format=khimage, or --format=elf to make it an ELF core, which can be "
			 "restored twice", options->output);
}

/* The resume could destroy a file system on it that was written to since the save. */
static void warn_unwatched(const char *why)
{
	fprintf(stderr, "kdump: %s; a write to it before the snapshot is restored will not be noticed\n", why);
}

static struct error *save(const struct options *options)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	AUTO_CORE_SOURCE struct core_source source = { 0 };
	AUTO_SELECTION struct selection selection = { 0 };
	struct target target;
	struct error *error = check_format(options);

	if (!error)
		error = open_source(options, &core);
	if (!error)
		error = filesystem_guard_record(&core, options->output, options->used, warn_unwatched);
	if (!error)
		error = select_memory(options, &core, &selection);
	if (!error)
		error = target_check_source(options->output, core.fd, core.path);
	if (!error && !options->overwrite)
		error = target_or_overwrite(target_check(options->output));
	if (!error)
		error = target_open(&target, options->output, options->is_khimage);
	if (error)
		return error;
	core_source_init(&source, &core);
	error = options->is_khimage ? write_khimage(options, &source, &selection, &target) :
				      write_elf(options, &source, &selection, &target);
	return target_close(&target, error);
}

int main(int argc, char **argv)
{
	struct options options = { .begun = step_clock_now() };
	bool done = false;

	standard_streams_open();
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done && options.action == SAVE)
		error = save(&options);
	else if (!error && !done && options.action == INIT)
		error = target_init_khimage(options.output, options.overwrite);
	else if (!error && !done && options.action == DISCARD)
		error = khimage_set_state(options.output, KHIMAGE_EMPTY);
	return error_report(standard_output_finish(error), "kdump");
}
