/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/may_save.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kexec/plan/why_refused.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

/* hibernate= is read by its beginning (hibernate_setup): "no" forbids, "noresume" and "nocompress" do not. */
static bool value_forbids(const char *value)
{
	return !strncmp(value, "no", 2) && strncmp(value, "noresume", strlen("noresume")) != 0 &&
	       strncmp(value, "nocompress", strlen("nocompress")) != 0;
}

/* The word of the command line by which root forbids it; NULL if there is none. */
static const char *forbidding_word(const char *cmdline)
{
	AUTO_FREE char *ignored = NULL;
	AUTO_FREE char *value = NULL;

	if (cmdline_find(cmdline, "nohibernate", &ignored))
		return "nohibernate";
	return cmdline_find(cmdline, "hibernate", &value) && value_forbids(value) ? "hibernate=no" : NULL;
}

/* The content of /sys/power/disk when hibernation is disabled (disk_show). */
static bool is_disabled(const char *root)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/sys/power/disk", &text, NULL);
	bool disabled = !error && strstr(text, "[disabled]");

	error_free(error);
	return disabled;
}

/* The only name of a file by memfd_secret (mm/secretmem.c): "/secretmem (deleted)". */
static bool is_secret(const char *path)
{
	return !strncmp(path, "/secretmem", strlen("/secretmem")) || strstr(path, "[secretmem]");
}

static bool maps_secret(const char *root, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/maps", process);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *cursor = text;
	bool found = false;
	char *line;

	while (!error && !found && (line = next_line(&cursor))) {
		const char *name = strchr(line, '/');

		found = (name && is_secret(name)) || strstr(line, "[secretmem]");
		free(line);
	}
	error_free(error);
	return found;
}

/* A file counts as soon as it is created, before it is mapped. */
static bool has_secret_open(const char *root, const char *process)
{
	AUTO_FREE char *below = xasprintf("/proc/%s/fd", process);
	AUTO_FREE char *folder = path_below(root, below);
	AUTO_FOLDER_NAMES struct folder_names files = { 0 };
	bool found = false;

	folder_names_add(&files, root, below, is_number_name);
	for (size_t i = 0; !found && i < files.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, files.names[i]);
		char target[PATH_MAX];
		ssize_t length = readlink(path, target, sizeof(target) - 1);

		target[length > 0 ? length : 0] = '\0';
		found = is_secret(target);
	}
	return found;
}

static char *process_name(const char *root, const char *process)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/comm", process);
	AUTO_FREE char *name = first_line_or_null(root, path);

	return name ? xasprintf("%s (process %s)", name, process) : xasprintf("process %s", process);
}

/* The first program with such memory; heap, NULL if none is found. */
static char *find_secret(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names processes = { 0 };
	char *found = NULL;

	process_names_add(&processes, root);
	for (size_t i = 0; !found && i < processes.count; i++)
		if (maps_secret(root, processes.names[i]) || has_secret_open(root, processes.names[i]))
			found = process_name(root, processes.names[i]);
	return found;
}

/* The kernel refuses: by the command line, because of a program, or for a reason that userspace cannot find. */
static struct error *explain_disabled(const char *root, const char *word)
{
	AUTO_FREE char *program = find_secret(root);

	if (program)
		return error_new("%s has memory that must never be on a disk (memfd_secret): end that program first",
				 program);
	return word ? NULL :
		      error_new("this kernel has its own hibernation disabled (/sys/power/disk), and no word on its command line "
				"does that: a program has memory that must never be on a disk (memfd_secret), or there is "
				"CXL memory; what holds for the one holds for the other");
}

/* The saving kernel does not know of such pages, and reads all that this one uses (mm/memory-failure.c). */
static struct error *check_broken(const char *root)
{
	uint64_t bytes = machine_broken_memory(root);

	return bytes ? error_new("%" PRIu64 " KiB of memory are broken (HardwareCorrupted in /proc/meminfo), and to read them "
				 "while they are saved may stop the machine: restart it without that memory; --force, to try it",
				 bytes / 1024) :
		       NULL;
}

struct error *may_save_check(const char *root, bool force)
{
	AUTO_FREE char *cmdline = NULL;
	struct error *error = machine_cmdline(root, &cmdline);
	const char *word;

	if (error)
		return error;
	if (why_refused_locked_down(root))
		return error_new("the kernel is locked down: its memory must not leave it");
	word = forbidding_word(cmdline);
	error = is_disabled(root) ? explain_disabled(root, word) : NULL;
	if (!error && !force)
		error = check_broken(root);
	if (error || !word || force)
		return error;
	return error_new("%s is on this kernel's command line: its memory is not to be saved to a disk (--force, if it is)",
			 word);
}
