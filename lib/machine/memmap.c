/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/memmap.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

void memmap_deinit(struct memmap *map)
{
	free(map->entries);
	*map = (struct memmap){ 0 };
}

/* Index of the first entry that ends at or after `address`: a span from there on changes no earlier one. */
static size_t first_ending_from(const struct memmap *map, uint64_t address)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->entries[middle].span.end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A few entries in order, neighbours of one type merged: they replace the entries that a change touches. */
struct patch {
	struct memmap_entry entries[3];
	size_t count;
};

static bool is_kept_apart(enum memory_type type)
{
	return type == MEMORY_PERSISTENT_LEGACY || type == MEMORY_SOFT_RESERVED;
}

static void patch_add(struct patch *patch, struct span span, enum memory_type type)
{
	struct memmap_entry *last = patch->count ? &patch->entries[patch->count - 1] : NULL;

	if (span_is_empty(span) || type == MEMORY_NONE)
		return;
	if (last && last->type == type && last->span.end == span.start && !is_kept_apart(type))
		last->span.end = span.end;
	else
		patch->entries[patch->count++] = (struct memmap_entry){ span, type };
}

void memmap_set(struct memmap *map, struct span span, enum memory_type type)
{
	struct patch patch = { 0 };
	size_t first = first_ending_from(map, span.start), last = first;

	if (span_is_empty(span))
		return;
	for (; last < map->count && map->entries[last].span.start <= span.end; last++)
		;
	if (first < last)
		patch_add(&patch, span_intersect(map->entries[first].span, (struct span){ 0, span.start }),
			  map->entries[first].type);
	patch_add(&patch, span, type);
	if (first < last)
		patch_add(&patch, span_intersect(map->entries[last - 1].span, (struct span){ span.end, UINT64_MAX }),
			  map->entries[last - 1].type);

	size_t tail = map->count - last;

	map->entries = xgrow(map->entries, &map->capacity, first + patch.count + tail, sizeof(*map->entries));
	memmove(map->entries + first + patch.count, map->entries + last, tail * sizeof(*map->entries));
	memcpy(map->entries + first, patch.entries, patch.count * sizeof(*map->entries));
	map->count = first + patch.count + tail;
}

void memmap_collect(const struct memmap *map, enum memory_type type, struct span_set *ret_set)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].type == type)
			span_set_add(ret_set, map->entries[i].span);
}

/* The names of /proc/iomem and of /sys/firmware/memmap/N/type, kernels 3.x to 7.x. */
static const struct {
	const char *name;
	enum memory_type type;
} type_names[] = {
	{ "System RAM", MEMORY_RAM },
	{ "Reserved", MEMORY_RESERVED },
	{ "reserved", MEMORY_RESERVED },
	{ "ACPI Tables", MEMORY_ACPI },
	{ "ACPI Non-volatile Storage", MEMORY_NVS },
	{ "Unusable memory", MEMORY_UNUSABLE },
	{ "Persistent Memory (legacy)", MEMORY_PERSISTENT_LEGACY },
	{ "Persistent Memory", MEMORY_PERSISTENT },
	{ "Soft Reserved", MEMORY_SOFT_RESERVED },
};

static enum memory_type type_of_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(type_names); i++)
		if (!strcmp(name, type_names[i].name))
			return type_names[i].type;
	return MEMORY_NONE;
}

static bool is_driver_managed(const char *name)
{
	return !strncmp(name, "System RAM (", strlen("System RAM ("));
}

/* The letter of memmap=SIZE?START; NUL: no word. The kernel does not distinguish the two types of ACPI there. */
static char letter_of(enum memory_type type)
{
	switch (type) {
	case MEMORY_RAM:
		return '@';
	case MEMORY_ACPI:
	case MEMORY_NVS:
		return '#';
	case MEMORY_PERSISTENT_LEGACY:
		return '!';
	default:
		return '\0';
	}
}

/* The shorter exact form: command lines have little room. */
static char *number_word(uint64_t value)
{
	return value % 1024 ? xasprintf("0x%" PRIx64, value) : xasprintf("%" PRIu64 "K", value / 1024);
}

char *memmap_words(const struct memmap *map)
{
	char *words = xstrdup("memmap=exactmap");

	for (size_t i = 0; i < map->count; i++) {
		const struct memmap_entry *entry = &map->entries[i];
		char letter = letter_of(entry->type);

		if (!letter)
			continue;

		AUTO_FREE char *before = words;
		AUTO_FREE char *size = number_word(span_size(entry->span));
		AUTO_FREE char *start = number_word(entry->span.start);

		words = xasprintf("%s memmap=%s%c%s", before, size, letter, start);
	}
	return words;
}

const char *memory_type_name(enum memory_type type)
{
	switch (type) {
	case MEMORY_NONE:
		return "nothing";
	case MEMORY_RAM:
		return "RAM";
	case MEMORY_RESERVED:
		return "reserved";
	case MEMORY_ACPI:
		return "ACPI";
	case MEMORY_NVS:
		return "ACPI NVS";
	case MEMORY_UNUSABLE:
		return "unusable";
	case MEMORY_PERSISTENT:
		return "persistent";
	case MEMORY_PERSISTENT_LEGACY:
		return "persistent (legacy)";
	case MEMORY_SOFT_RESERVED:
		return "soft reserved";
	}
	return "reserved";
}

/* One line, "  00100000-01ffffff : name"; false for lines of another form. */
static bool iomem_line(const char *line, struct span *ret_span, const char **ret_name)
{
	uint64_t first, last;
	const char *cursor = line + strspn(line, " ");

	if (!parse_hex(&cursor, &first) || *cursor++ != '-' || !parse_hex(&cursor, &last) ||
	    strncmp(cursor, " : ", 3) || last < first)
		return false;
	*ret_span = span_of(first, last - first == UINT64_MAX ? UINT64_MAX : last - first + 1);
	*ret_name = cursor + 3;
	return true;
}

struct error *iomem_parse(const char *text, struct iomem *ret_iomem)
{
	struct iomem iomem = { 0 };
	struct span_set ram = { 0 };
	char *next;

	while ((next = next_line(&text))) {
		AUTO_FREE char *line = next;
		const char *name;
		struct span span;

		if (!iomem_line(line, &span, &name))
			continue;
		enum memory_type type = type_of_name(name);

		/* A reserved range nested in RAM stays RAM: it is an allocation, not a hole. */
		if (type == MEMORY_RAM)
			span_set_add(&ram, span);
		if (type != MEMORY_NONE && (type == MEMORY_RAM || !span_set_contains(&ram, span)))
			memmap_set(&iomem.map, span, type);
		else if (!strncmp(name, "Kernel ", 7))
			span_set_add(&iomem.kernel_image, span);
		else if (!strcmp(name, "Crash kernel"))
			span_set_add(&iomem.crash_kernel, span);
		else if (is_driver_managed(name))
			span_set_add(&iomem.driver_managed, span);
	}

	bool zeros = ram.count == 1 && ram.items[0].end <= 1;

	/* A later line of another type may have covered all of it. */
	span_set_deinit(&ram);
	memmap_collect(&iomem.map, MEMORY_RAM, &ram);
	bool none = !ram.count;

	span_set_deinit(&ram);
	if (zeros || none)
		iomem_deinit(&iomem);
	if (zeros)
		return error_new("/proc/iomem shows only zeros: the kernel shows addresses to root "
				 "(CAP_SYS_ADMIN) only");
	if (none)
		return error_new("/proc/iomem lists no System RAM");
	*ret_iomem = iomem;
	return NULL;
}

void iomem_deinit(struct iomem *iomem)
{
	memmap_deinit(&iomem->map);
	span_set_deinit(&iomem->kernel_image);
	span_set_deinit(&iomem->crash_kernel);
	span_set_deinit(&iomem->driver_managed);
}

/* The value in /sys/firmware/memmap/<entry>/<name>. */
static struct error *read_attribute(const char *root, const char *entry, const char *name, char **ret_value)
{
	AUTO_FREE char *path = xasprintf("/sys/firmware/memmap/%s/%s", entry, name);

	return read_first_line(root, path, ret_value);
}

static struct error *read_firmware_entry(const char *root, const char *entry, struct memmap_entry *ret_entry)
{
	AUTO_FREE char *start = NULL;
	AUTO_FREE char *end = NULL;
	AUTO_FREE char *type = NULL;
	uint64_t first, last;
	struct error *error = read_attribute(root, entry, "start", &start);

	if (!error)
		error = read_attribute(root, entry, "end", &end);
	if (!error)
		error = read_attribute(root, entry, "type", &type);
	if (error)
		return error;
	if (!parse_number(start, &first) || !parse_number(end, &last) || last < first)
		return error_new("/sys/firmware/memmap/%s: bad range \"%s\" to \"%s\"", entry, start, end);
	ret_entry->span = span_of(first, last - first + (last - first != UINT64_MAX));
	ret_entry->type = type_of_name(type);
	/* Memory of an unknown type is reserved. */
	if (ret_entry->type == MEMORY_NONE)
		ret_entry->type = MEMORY_RESERVED;
	return NULL;
}

struct error *firmware_memmap_read(const char *root, struct memmap *ret_map)
{
	AUTO_FREE char *path = path_below(root, "/sys/firmware/memmap");
	DIR *folder = opendir(path);
	struct dirent *item;
	struct memmap map = { 0 };
	struct error *error = NULL;

	if (!folder) {
		*ret_map = map;
		return NULL;
	}
	while (!error && (item = readdir(folder))) {
		struct memmap_entry entry = { 0 };

		if (item->d_name[0] == '.')
			continue;
		error = read_firmware_entry(root, item->d_name, &entry);
		if (!error)
			memmap_set(&map, entry.span, entry.type);
	}
	closedir(folder);
	if (error) {
		memmap_deinit(&map);
		return error;
	}
	*ret_map = map;
	return NULL;
}
