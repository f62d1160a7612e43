/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/sleep_delay.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/text.h"

static const struct unit {
	const char *name;
	uint64_t milliseconds;
} units[] = {
	{ "", 1000 }, { "s", 1000 }, { "sec", 1000 }, { "second", 1000 }, { "seconds", 1000 },
	{ "ms", 1 }, { "msec", 1 },
	{ "m", 60000 }, { "min", 60000 }, { "minute", 60000 }, { "minutes", 60000 },
	{ "h", 3600000 }, { "hr", 3600000 }, { "hour", 3600000 }, { "hours", 3600000 },
	{ "d", 86400000 }, { "day", 86400000 }, { "days", 86400000 },
	{ "w", 604800000 }, { "week", 604800000 }, { "weeks", 604800000 },
};

static const char *skip_blanks(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

/* One number and its unit; moves *cursor behind it. */
static bool parse_part(const char **cursor, uint64_t *ret_milliseconds)
{
	char *end;
	unsigned long long number = strtoull(*cursor, &end, 10);
	const char *unit = skip_blanks(end);
	size_t length = 0;

	if (!isdigit((unsigned char)**cursor) || number > UINT32_MAX)
		return false;
	while (isalpha((unsigned char)unit[length]))
		length++;
	for (size_t i = 0; i < ARRAY_COUNT(units); i++)
		if (strlen(units[i].name) == length && !strncmp(units[i].name, unit, length)) {
			*cursor = skip_blanks(unit + length);
			*ret_milliseconds = number * units[i].milliseconds;
			return true;
		}
	return false;
}

bool sleep_delay_parse(const char *text, uint64_t *ret_seconds)
{
	const char *at = skip_blanks(text);
	uint64_t sum = 0, part;

	if (!strncmp(at, "infinity", 8) && !*skip_blanks(at + 8)) {
		*ret_seconds = UINT64_MAX;
		return true;
	}
	do {
		if (!parse_part(&at, &part))
			return false;
		sum += part;
	} while (*at);
	*ret_seconds = sum / 1000;
	return true;
}

/* An empty value is the default again; one that cannot be read is as if it were not there, as for systemd. */
static void read_setting(const char *line, uint64_t *seconds)
{
	static const char key[] = "HibernateDelaySec";
	const char *at = skip_blanks(line);

	if (strncmp(at, key, strlen(key)) != 0)
		return;
	at = skip_blanks(at + strlen(key));
	if (*at != '=')
		return;
	at = skip_blanks(at + 1);
	if (!*at)
		*seconds = SLEEP_DELAY_SECONDS;
	else
		sleep_delay_parse(at, seconds);
}

static void read_file(const char *root, const char *path, uint64_t *seconds)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *cursor = text;
	char *line;

	while (!error && (line = next_line(&cursor))) {
		read_setting(line, seconds);
		free(line);
	}
	error_free(error);
}

/* A file hides those of the same name in the folders after its own. */
static const char *const folders[] = {
	"/etc/systemd/sleep.conf.d",
	"/run/systemd/sleep.conf.d",
	"/usr/local/lib/systemd/sleep.conf.d",
	"/usr/lib/systemd/sleep.conf.d",
};

static bool is_drop_in(const char *name)
{
	size_t length = strlen(name);

	return length >= 6 && !strcmp(name + length - 5, ".conf");
}

static void read_drop_in(const char *root, const char *name, uint64_t *seconds)
{
	for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folders[i], name);
		AUTO_FREE char *text = NULL;
		struct error *error = read_small_file(root, path, &text, NULL);
		bool found = !error;

		error_free(error);
		if (!found)
			continue;
		read_file(root, path, seconds);
		return;
	}
}

uint64_t sleep_delay_seconds(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names names = { 0 };
	uint64_t seconds = SLEEP_DELAY_SECONDS;

	read_file(root, "/etc/systemd/sleep.conf", &seconds);
	for (size_t i = 0; i < ARRAY_COUNT(folders); i++)
		folder_names_add(&names, root, folders[i], is_drop_in);
	for (size_t i = 0; i < names.count; i++)
		read_drop_in(root, names.names[i], &seconds);
	return seconds;
}
