/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a device mapper's table, as DM_TABLE_STATUS gives them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "lib/base/alloc.h"
#include "lib/disk/device_stack.h"

#define SECTOR_BYTES 512

/* Parses "MAJOR:MINOR" and a number of sectors at *text, and moves *text behind them. */
static bool take_device(const char **text, dev_t *ret_device, uint64_t *ret_start)
{
	unsigned int major_number, minor_number;
	int length = 0;

	if (sscanf(*text, " %u:%u %" SCNu64 "%n", &major_number, &minor_number, ret_start, &length) != 3 || !length)
		return false;
	*ret_device = makedev(major_number, minor_number);
	*text += length;
	return true;
}

static bool take_number(const char **text, uint64_t *ret_number)
{
	int length = 0;

	if (sscanf(*text, " %" SCNu64 "%n", ret_number, &length) != 1 || !length)
		return false;
	*text += length;
	return true;
}

static bool skip_words(const char **text, uint64_t count)
{
	for (; count; count--) {
		*text += strspn(*text, " ");
		if (!**text)
			return false;
		*text += strcspn(*text, " ");
	}
	return true;
}

/* DEVICE START */
static bool map_linear(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	const char *text = line->parameters;
	uint64_t start;
	dev_t device;

	if (!take_device(&text, &device, &start))
		return false;
	visit->visit(visit->context, device, start * SECTOR_BYTES + offset, size);
	return true;
}

/* CIPHER KEY IV-OFFSET DEVICE START [OPTIONS]: with "integrity" each sector is longer on the device. */
static bool map_crypt(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	struct dm_line rest = *line;

	return !strstr(line->parameters, "integrity:") && skip_words(&rest.parameters, 3) &&
	       map_linear(&rest, offset, size, visit);
}

/* STRIPES CHUNK [DEVICE START]...: chunks, in sectors, alternate between the devices. */
static bool map_striped(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	const char *text = line->parameters;
	uint64_t stripes, sectors;

	if (!take_number(&text, &stripes) || !take_number(&text, &sectors) || !stripes || !sectors)
		return false;
	uint64_t chunk_bytes = sectors * SECTOR_BYTES;

	while (size) {
		uint64_t chunk = offset / chunk_bytes, within = offset % chunk_bytes, start = 0;
		uint64_t part = chunk_bytes - within < size ? chunk_bytes - within : size;
		const char *at = text;
		dev_t device;

		if (!skip_words(&at, chunk % stripes * 2) || !take_device(&at, &device, &start))
			return false;
		visit->visit(visit->context, device, start * SECTOR_BYTES + chunk / stripes * chunk_bytes + within, part);
		offset += part;
		size -= part;
	}
	return true;
}

/* raid1 COUNT [PARAMETER]... DEVICES [META DATA]...: a missing part is a minus. */
static bool map_raid(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	const char *text = line->parameters;
	uint64_t parameters, devices;

	if (strncmp(text, "raid1 ", strlen("raid1 ")) != 0 || strstr(text, "data_offset"))
		return false;
	if (!skip_words(&text, 1) || !take_number(&text, &parameters) || !skip_words(&text, parameters) ||
	    !take_number(&text, &devices))
		return false;
	for (; devices; devices--) {
		AUTO_FREE char *with_start = NULL;
		struct dm_line data = *line;

		if (!skip_words(&text, 1))
			return false;
		text += strspn(text, " ");
		with_start = xasprintf("%.*s 0", (int)strcspn(text, " "), text);
		data.parameters = with_start;
		if (*text != '-' && !map_linear(&data, offset, size, visit))
			return false;
		if (!skip_words(&text, 1))
			return false;
	}
	return true;
}

static const struct {
	const char *type;
	bool (*map)(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit);
} types[] = {
	{ "linear", map_linear },
	{ "crypt", map_crypt },
	{ "striped", map_striped },
	{ "raid", map_raid },
};

bool dm_line_map(const struct dm_line *line, uint64_t offset, uint64_t size, const struct device_visit *visit)
{
	for (size_t i = 0; i < ARRAY_COUNT(types); i++)
		if (!strcmp(line->type, types[i].type))
			return types[i].map(line, offset, size, visit);
	return false;
}
