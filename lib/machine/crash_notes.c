/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/crash_notes.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* The size of a CPU's notes in kernels that do not report it (before Linux 3.13). */
#define OLD_NOTE_BYTES 1024

#define CPU_FOLDER "/sys/devices/system/cpu"

void crash_notes_deinit(struct crash_notes *notes)
{
	free(notes->places);
	*notes = (struct crash_notes){ 0 };
}

static void add(struct crash_notes *notes, struct span place)
{
	notes->places = xgrow(notes->places, &notes->capacity, notes->count + 1, sizeof(*notes->places));
	notes->places[notes->count++] = place;
}

/* "0x12345000" or "12345000": kernels write both. */
static bool parse_address(const char **cursor, uint64_t *ret_address)
{
	if (!strncmp(*cursor, "0x", 2))
		*cursor += 2;
	return parse_hex(cursor, ret_address);
}

static struct error *nonsense(const char *path, char *text)
{
	text[strcspn(text, "\n")] = '\0';
	return error_new("%s contains \"%s\", which is no address of a note", path, text);
}

static struct error *read_cpu(const char *root, unsigned long cpu, struct crash_notes *notes)
{
	AUTO_FREE char *path = xasprintf(CPU_FOLDER "/cpu%lu/crash_notes", cpu);
	AUTO_FREE char *size_path = xasprintf("%s_size", path);
	AUTO_FREE char *text = NULL;
	uint64_t start, size = OLD_NOTE_BYTES;
	struct error *error = read_small_file(root, path, &text, NULL);

	/* A CPU that could be plugged in has no notes yet. */
	if (error && error_errno_value(error) == ENOENT) {
		error_free(error);
		return NULL;
	}
	if (error)
		return error;

	AUTO_FREE char *size_text = first_line_or_null(root, size_path);
	const char *cursor = text;

	if (size_text && (!parse_number(size_text, &size) || !size))
		return nonsense(size_path, size_text);
	if (!parse_address(&cursor, &start) || !start || *cursor != '\n' || span_size(span_of(start, size)) != size)
		return nonsense(path, text);
	add(notes, span_of(start, size));
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	const unsigned long *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The numbers N of the folders cpuN. */
static unsigned long *list_cpus(const char *root, size_t *ret_count)
{
	AUTO_FREE char *path = path_below(root, CPU_FOLDER);
	unsigned long *cpus = NULL;
	size_t capacity = 0;
	DIR *folder = opendir(path);
	struct dirent *item;

	*ret_count = 0;
	while (folder && (item = readdir(folder))) {
		char *end;

		if (strncmp(item->d_name, "cpu", 3) || item->d_name[3] < '0' || item->d_name[3] > '9')
			continue;
		unsigned long cpu = strtoul(item->d_name + 3, &end, 10);

		if (*end)
			continue;
		cpus = xgrow(cpus, &capacity, *ret_count + 1, sizeof(*cpus));
		cpus[(*ret_count)++] = cpu;
	}
	if (folder)
		closedir(folder);
	if (*ret_count)
		qsort(cpus, *ret_count, sizeof(*cpus), by_number);
	return cpus;
}

static struct error *read_cpus(const char *root, struct crash_notes *notes)
{
	size_t count;
	AUTO_FREE unsigned long *cpus = list_cpus(root, &count);
	struct error *error = NULL;

	for (size_t i = 0; !error && i < count; i++)
		error = read_cpu(root, cpus[i], notes);
	if (!error && !notes->count)
		return error_new("this kernel keeps no notes for a crash (no " CPU_FOLDER "/cpu*/crash_notes): it is built "
				 "without CONFIG_CRASH_DUMP, or /sys is not mounted");
	return error;
}

/* "ADDRESS SIZE", both in hex. */
static struct error *read_vmcoreinfo(const char *root, struct crash_notes *notes)
{
	static const char path[] = "/sys/kernel/vmcoreinfo";
	AUTO_FREE char *text = NULL;
	uint64_t start, size;
	struct error *error = read_small_file(root, path, &text, NULL);

	if (error)
		return error_prefix(error, "tools need this kernel's VMCOREINFO after a crash");

	const char *cursor = text;

	if (!parse_address(&cursor, &start) || !start || *cursor++ != ' ' || !parse_address(&cursor, &size) || !size ||
	    span_size(span_of(start, size)) != size)
		return nonsense(path, text);
	add(notes, span_of(start, size));
	return NULL;
}

struct error *crash_notes_read(const char *root, struct crash_notes *ret_notes)
{
	struct crash_notes notes = { 0 };
	struct error *error = read_cpus(root, &notes);

	if (!error)
		error = read_vmcoreinfo(root, &notes);
	if (error) {
		crash_notes_deinit(&notes);
		return error;
	}
	*ret_notes = notes;
	return NULL;
}
