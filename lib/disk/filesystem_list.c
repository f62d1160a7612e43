/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/filesystem_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "include/kjump_note.h"
#include "lib/base/alloc.h"

#define TEXT_COUNT 5

static void filesystem_deinit(struct filesystem *filesystem)
{
	free(filesystem->type);
	free(filesystem->uuid);
	free(filesystem->label);
	free(filesystem->device);
	free(filesystem->sub_uuid);
	free(filesystem->places);
}

void filesystem_list_deinit(struct filesystem_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		filesystem_deinit(&list->items[i]);
	free(list->items);
	*list = (struct filesystem_list){ 0 };
}

void filesystem_list_add(struct filesystem_list *list, const struct filesystem *filesystem)
{
	struct filesystem copy = *filesystem;

	copy.type = xstrdup(copy.type ? copy.type : "");
	copy.uuid = xstrdup(copy.uuid ? copy.uuid : "");
	copy.label = xstrdup(copy.label ? copy.label : "");
	copy.device = xstrdup(copy.device ? copy.device : "");
	copy.sub_uuid = xstrdup(copy.sub_uuid ? copy.sub_uuid : "");
	copy.places = xcalloc(copy.place_count + 1, sizeof(*copy.places));
	if (copy.place_count)
		memcpy(copy.places, filesystem->places, copy.place_count * sizeof(*copy.places));
	list->items = xgrow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = copy;
}

static size_t places_size(const struct filesystem *filesystem)
{
	return filesystem->place_count * sizeof(*filesystem->places);
}

static size_t record_size(const struct filesystem *filesystem)
{
	size_t texts = strlen(filesystem->type) + strlen(filesystem->uuid) + strlen(filesystem->label) +
		       strlen(filesystem->device) + strlen(filesystem->sub_uuid) + TEXT_COUNT;

	return (sizeof(struct kjump_filesystem) + places_size(filesystem) + texts + 7) / 8 * 8;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
	memcpy(at, text, strlen(text) + 1);
	return at + strlen(text) + 1;
}

static void put_record(uint8_t *at, const struct filesystem *filesystem)
{
	struct kjump_filesystem record = { .size_bytes = (uint32_t)record_size(filesystem),
					   .text_offset = (uint32_t)(sizeof(record) + places_size(filesystem)),
					   .device_bytes = filesystem->device_bytes,
					   .flags = filesystem->flags,
					   .place_count = (uint32_t)filesystem->place_count };
	const char *const texts[TEXT_COUNT] = { filesystem->type, filesystem->uuid, filesystem->label,
						filesystem->device, filesystem->sub_uuid };
	uint8_t *text = at + record.text_offset;

	memcpy(record.digest, filesystem->digest, sizeof(record.digest));
	memcpy(at, &record, sizeof(record));
	if (filesystem->place_count)
		memcpy(at + sizeof(record), filesystem->places, places_size(filesystem));
	for (size_t i = 0; i < TEXT_COUNT; i++)
		text = put_text(text, texts[i]);
}

uint8_t *filesystem_list_build(const struct filesystem_list *list, size_t *ret_size)
{
	struct kjump_filesystems header = { .version = KJUMP_FILESYSTEMS_NOTE_VERSION,
					    .size_bytes = sizeof(header),
					    .count = (uint32_t)list->count };
	size_t size = sizeof(header);

	for (size_t i = 0; i < list->count; i++)
		size += record_size(&list->items[i]);

	uint8_t *desc = xcalloc(size, 1), *at = desc + sizeof(header);

	memcpy(desc, &header, sizeof(header));
	for (size_t i = 0; i < list->count; i++) {
		put_record(at, &list->items[i]);
		at += record_size(&list->items[i]);
	}
	*ret_size = size;
	return desc;
}

/* The text at the beginning of *rest, which is moved behind it; NULL if it has no end. */
static char *take_text(struct bytes *rest)
{
	const uint8_t *end = rest->size ? memchr(rest->data, 0, rest->size) : NULL;

	if (!end)
		return NULL;

	char *text = (char *)rest->data;
	size_t taken = (size_t)(end - rest->data) + 1;

	*rest = (struct bytes){ rest->data + taken, rest->size - taken };
	return text;
}

/* The places may lie anywhere in memory, aligned or not. */
static void add_with_places(struct filesystem_list *list, struct filesystem *filesystem, struct bytes places)
{
	AUTO_FREE struct kjump_filesystem_place *aligned = xcalloc(filesystem->place_count + 1, sizeof(*aligned));

	memcpy(aligned, places.data, filesystem->place_count * sizeof(*aligned));
	filesystem->places = aligned;
	filesystem_list_add(list, filesystem);
}

/* Whether each place refers to an existing record that has no places itself. */
static bool has_good_places(const struct filesystem_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t place = 0; place < list->items[i].place_count; place++) {
			uint32_t base = list->items[i].places[place].base;

			if (base >= list->count || list->items[base].place_count)
				return false;
		}
	return true;
}

/* Adds the record at `offset`, and moves that behind it; false if it is damaged. */
static bool parse_record(struct bytes desc, uint64_t *offset, struct filesystem_list *list)
{
	struct kjump_filesystem record;
	struct bytes fixed, places, texts;
	struct filesystem filesystem = { 0 };

	if (!bytes_part(desc, *offset, sizeof(record), &fixed))
		return false;
	memcpy(&record, fixed.data, sizeof(record));
	if (record.text_offset < sizeof(record) || record.text_offset > record.size_bytes ||
	    !bytes_part(desc, *offset + record.text_offset, record.size_bytes - record.text_offset, &texts))
		return false;
	if ((record.text_offset - sizeof(record)) / sizeof(*filesystem.places) < record.place_count ||
	    !bytes_part(desc, *offset + sizeof(record), record.text_offset - sizeof(record), &places))
		return false;
	filesystem.device_bytes = record.device_bytes;
	filesystem.flags = record.flags;
	filesystem.place_count = record.place_count;
	memcpy(filesystem.digest, record.digest, sizeof(record.digest));
	filesystem.type = take_text(&texts);
	filesystem.uuid = take_text(&texts);
	filesystem.label = take_text(&texts);
	filesystem.device = take_text(&texts);
	filesystem.sub_uuid = take_text(&texts);
	if (!filesystem.type || !filesystem.uuid || !filesystem.label || !filesystem.device || !filesystem.sub_uuid)
		return false;
	add_with_places(list, &filesystem, places);
	*offset += record.size_bytes;
	return true;
}

struct error *filesystem_list_parse(struct bytes desc, const char *from, struct filesystem_list *ret_list)
{
	struct filesystem_list list = { 0 };
	struct kjump_filesystems header = { 0 };
	uint32_t version = bytes_u32(desc, 0);
	bool good = desc.size >= sizeof(header);

	if (version != KJUMP_FILESYSTEMS_NOTE_VERSION)
		return error_new("the list of file systems in %s has version %" PRIu32 ", and this program knows %d: the "
				 "snapshot was made by another version of kdump, so whether they were written to since is not "
				 "known", from, version, KJUMP_FILESYSTEMS_NOTE_VERSION);
	if (good)
		memcpy(&header, desc.data, sizeof(header));

	uint64_t offset = header.size_bytes;

	good = good && header.size_bytes >= sizeof(header);
	for (uint32_t i = 0; good && i < header.count; i++)
		good = parse_record(desc, &offset, &list);
	good = good && has_good_places(&list);
	if (good) {
		*ret_list = list;
		return NULL;
	}
	filesystem_list_deinit(&list);
	return error_new("the list of file systems in %s is damaged", from);
}

/* A UUID is enough to identify one; a label can be changed. */
static bool is_same(const struct filesystem *a, const struct filesystem *b)
{
	return !strcmp(a->type, b->type) && !strcmp(a->uuid, b->uuid) && a->device_bytes == b->device_bytes &&
	       !strcmp(a->sub_uuid, b->sub_uuid) && !a->place_count == !b->place_count &&
	       (*a->uuid || !strcmp(a->label, b->label));
}

static bool is_unchanged(const struct filesystem *a, const struct filesystem *b)
{
	return is_same(a, b) && !memcmp(a->digest, b->digest, sizeof(a->digest));
}

/* Among clones, the one with the name that the device had in the other kernel is most likely the one. */
static bool is_same_by_name(const struct filesystem *a, const struct filesystem *b)
{
	return is_same(a, b) && !strcmp(a->device, b->device);
}

/* The first that is not `taken` yet and that `matches`; found->count if there is none. */
static size_t find_match(const struct filesystem_list *found, const bool *taken, const struct filesystem *wanted,
			 bool (*matches)(const struct filesystem *, const struct filesystem *))
{
	size_t i = 0;

	while (i < found->count && (taken[i] || !matches(&found->items[i], wanted)))
		i++;
	return i;
}

void filesystem_list_compare(const struct filesystem_list *saved, const struct filesystem_list *found,
			     struct filesystem_list *ret_changed, struct filesystem_list *ret_missing)
{
	/* One place more than there are: not found. */
	AUTO_FREE bool *taken = xcalloc(found->count + 1, sizeof(*taken));
	AUTO_FREE bool *good = xcalloc(saved->count + 1, sizeof(*good));

	/* Unchanged ones first: among twins, an unchanged one must not be taken for its changed twin. */
	for (size_t i = 0; i < saved->count; i++) {
		size_t match = find_match(found, taken, &saved->items[i], is_unchanged);

		good[i] = match < found->count;
		taken[match] = good[i];
	}
	for (size_t i = 0; i < saved->count; i++) {
		if (good[i] || (saved->items[i].flags & KJUMP_FILESYSTEM_TWIN))
			continue;
		size_t match = find_match(found, taken, &saved->items[i], is_same);
		bool is_there = match < found->count;

		taken[match] = is_there;
		filesystem_list_add(is_there ? ret_changed : ret_missing, &saved->items[i]);
	}
}

/* The first of a list that `matches`; list->count if there is none. */
static size_t find_first(const struct filesystem_list *list, const struct filesystem *wanted,
			 bool (*matches)(const struct filesystem *, const struct filesystem *))
{
	size_t i = 0;

	while (i < list->count && !matches(&list->items[i], wanted))
		i++;
	return i;
}

/* The number of `found` that are the same as `wanted`; *ret_foreign if one of them differs from all of `saved`. */
static size_t count_same(const struct filesystem_list *saved, const struct filesystem_list *found,
			 const struct filesystem *wanted, bool *ret_foreign)
{
	size_t count = 0;

	*ret_foreign = false;
	for (size_t i = 0; i < found->count; i++) {
		if (!is_same(&found->items[i], wanted))
			continue;
		count++;
		*ret_foreign |= find_first(saved, &found->items[i], is_unchanged) == saved->count;
	}
	return count;
}

void filesystem_list_twins(const struct filesystem_list *saved, const struct filesystem_list *found,
			   struct filesystem_list *ret_twins)
{
	for (size_t i = 0; i < saved->count; i++) {
		const struct filesystem *wanted = &saved->items[i];
		bool foreign;

		/* Without a UUID they are equal by chance. Each kind is reported once. */
		if (!*wanted->uuid || find_first(saved, wanted, is_same) != i ||
		    count_same(saved, found, wanted, &foreign) < 2 || !foreign)
			continue;
		for (size_t at = 0; at < found->count; at++)
			if (is_same(&found->items[at], wanted))
				filesystem_list_add(ret_twins, &found->items[at]);
	}
}

/* Places refer to records by their index in another list. */
static bool is_twin(const struct filesystem *candidate, const struct filesystem_list *used)
{
	return *candidate->uuid && !candidate->place_count && find_first(used, candidate, is_same) < used->count;
}

void filesystem_list_take_digests(const struct filesystem_list *used, const struct filesystem_list *found,
				  struct filesystem_list *ret_list)
{
	/* One place more than there are: not found. */
	AUTO_FREE bool *taken = xcalloc(found->count + 1, sizeof(*taken));

	for (size_t i = 0; i < used->count; i++) {
		struct filesystem filesystem = used->items[i];
		size_t match = find_match(found, taken, &filesystem, is_same_by_name);

		if (match == found->count)
			match = find_match(found, taken, &filesystem, is_same);
		taken[match] = match < found->count;
		if (taken[match])
			memcpy(filesystem.digest, found->items[match].digest, sizeof(filesystem.digest));
		else
			filesystem.flags |= KJUMP_FILESYSTEM_UNWATCHED;
		filesystem_list_add(ret_list, &filesystem);
	}
	for (size_t i = 0; i < found->count; i++) {
		struct filesystem filesystem = found->items[i];

		filesystem.flags = KJUMP_FILESYSTEM_TWIN;
		if (!taken[i] && is_twin(&filesystem, used))
			filesystem_list_add(ret_list, &filesystem);
	}
}

size_t filesystem_list_find(const struct filesystem_list *list, const struct filesystem *wanted)
{
	size_t match = find_first(list, wanted, is_same_by_name);

	return match < list->count ? match : find_first(list, wanted, is_same);
}

bool filesystem_list_is_same(const struct filesystem_list *a, const struct filesystem_list *b)
{
	size_t i = 0;

	while (i < a->count && i < b->count && is_same(&a->items[i], &b->items[i]))
		i++;
	return a->count == b->count && i == a->count;
}

bool filesystem_is_called(const struct filesystem *filesystem, const char *name)
{
	const char *slash = strrchr(filesystem->device, '/');

	return *name && (!strcmp(name, filesystem->uuid) || !strcmp(name, filesystem->label) ||
			 !strcmp(name, filesystem->device) || (slash && !strcmp(name, slash + 1)));
}

char *filesystem_list_text(const struct filesystem_list *list)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < list->count; i++) {
		const struct filesystem *filesystem = &list->items[i];
		AUTO_FREE char *before = text;
		AUTO_FREE char *label = *filesystem->label ? xasprintf(" \"%s\"", filesystem->label) : xstrdup("");

		text = xasprintf("%s%s%s%s on %s", before, i ? ", " : "", *filesystem->type ? filesystem->type : "data",
				 label, filesystem->device);
	}
	return text;
}

char *filesystem_list_unwatched_text(const struct filesystem_list *list)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list unwatched = { 0 };

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].flags & KJUMP_FILESYSTEM_UNWATCHED)
			filesystem_list_add(&unwatched, &list->items[i]);
	return unwatched.count ? filesystem_list_text(&unwatched) : NULL;
}
