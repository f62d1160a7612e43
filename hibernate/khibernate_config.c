/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/khibernate_config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* The plain texts; a NULL-terminated list has the allowed values, without a list any value is allowed. */
static const char *const power_values[] = { "off", "s4", "reboot", "suspend", NULL };
static const char *const compress_values[] = { "auto", "none", "lz4", "zstd", NULL };
static const char *const drivers_values[] = { "needed", "all", NULL };
static const char *const fallback_values[] = { "window", "none", NULL };
static const char *const yes_no_values[] = { "no", "yes", NULL };
static const char *const space_values[] = { "always", "on-demand", NULL };
static const char *const exclude_values[] = { "none", "free", "zero", "free,zero", NULL };

enum key {
	KEY_DEVICE,
	KEY_FILE,
	KEY_SPACE,
	KEY_KERNEL,
	KEY_INITRD,
	KEY_APPEND,
	KEY_EXCLUDE,
	KEY_COMPRESS,
	KEY_PREPARE,
	KEY_POWER,
	KEY_DRIVERS,
	KEY_FALLBACK,
	KEY_CHECK_BOOT,
	KEY_ENCRYPT,
	KEY_WIPE,
	KEY_KEEP,
	KEY_COUNT,
};

static const struct config_key {
	const char *name;
	const char *const *values;
	const char *usual;
} keys[KEY_COUNT] = {
	[KEY_DEVICE] = { "device", NULL, "" },
	[KEY_FILE] = { "file", NULL, "" },
	[KEY_SPACE] = { "space", space_values, "always" },
	[KEY_KERNEL] = { "kernel", NULL, "" },
	[KEY_INITRD] = { "initrd", NULL, "/boot/khibernate.img" },
	[KEY_APPEND] = { "append", NULL, "" },
	[KEY_EXCLUDE] = { "exclude", exclude_values, "free,zero" },
	[KEY_COMPRESS] = { "compress", compress_values, "auto" },
	[KEY_PREPARE] = { "prepare", NULL, "/var/lib/khibernate/saver" },
	[KEY_POWER] = { "power", power_values, "off" },
	[KEY_DRIVERS] = { "drivers", drivers_values, "needed" },
	[KEY_FALLBACK] = { "fallback", fallback_values, "window" },
	[KEY_CHECK_BOOT] = { "check-boot", yes_no_values, "yes" },
	[KEY_ENCRYPT] = { "encrypt", yes_no_values, "no" },
	[KEY_WIPE] = { "wipe", yes_no_values, "no" },
	[KEY_KEEP] = { "keep", yes_no_values, "no" },
};

bool khibernate_config_is_on_demand(const struct khibernate_config *config)
{
	return !strcmp(config->space, "on-demand");
}

static char **field(struct khibernate_config *config, size_t key)
{
	char **const fields[KEY_COUNT] = {
		[KEY_DEVICE] = &config->device,	  [KEY_FILE] = &config->file,
		[KEY_SPACE] = &config->space,	  [KEY_KERNEL] = &config->kernel,
		[KEY_INITRD] = &config->initrd,	  [KEY_APPEND] = &config->append,
		[KEY_EXCLUDE] = &config->exclude, [KEY_COMPRESS] = &config->compress,
		[KEY_PREPARE] = &config->prepare, [KEY_POWER] = &config->power,
		[KEY_DRIVERS] = &config->drivers, [KEY_FALLBACK] = &config->fallback,
		[KEY_CHECK_BOOT] = &config->check_boot,
		[KEY_ENCRYPT] = &config->encrypt, [KEY_WIPE] = &config->wipe,
		[KEY_KEEP] = &config->keep,
	};

	return fields[key];
}

void khibernate_config_init(struct khibernate_config *config)
{
	*config = (struct khibernate_config){ 0 };
	for (size_t i = 0; i < KEY_COUNT; i++)
		*field(config, i) = xstrdup(keys[i].usual);
}

void khibernate_config_deinit(struct khibernate_config *config)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		free(*field(config, i));
	*config = (struct khibernate_config){ 0 };
}

/* "0x1000000-0x8ffffff", both included, or "auto". */
static struct error *set_window(struct khibernate_config *config, const char *value)
{
	AUTO_FREE char *first = xstrdup(value);
	char *last = strchr(first, '-');
	uint64_t mem_min, mem_max;

	if (!strcmp(value, "auto")) {
		config->has_window = false;
		return NULL;
	}
	if (last)
		*last++ = '\0';
	if (!last || !parse_number(first, &mem_min) || !parse_number(last, &mem_max) || mem_min >= mem_max)
		return error_new("window=%s is neither auto nor two addresses, first-last", value);
	config->has_window = true;
	config->mem_min = mem_min;
	config->mem_max = mem_max;
	return NULL;
}

static struct error *check_value(const struct config_key *key, const char *value)
{
	AUTO_FREE char *list = xstrdup("");

	/* Each value is one line of the file. */
	for (const char *at = value; *at; at++)
		if (iscntrl((unsigned char)*at))
			return error_new("%s= has a control character in it", key->name);
	/* The value becomes a word of a kernel's command line. */
	if (!strcmp(key->name, "device") && strpbrk(value, " \""))
		return error_new("%s=%s has a blank or a quotation mark in it, which a kernel's command line does not take "
				 "there; name the device in another way", key->name, value);
	if (!key->values)
		return NULL;
	for (const char *const *allowed = key->values; *allowed; allowed++)
		if (!strcmp(*allowed, value))
			return NULL;
	for (const char *const *allowed = key->values; *allowed; allowed++) {
		AUTO_FREE char *before = list;

		list = xasprintf("%s%s%s", before, *before ? ", " : "", *allowed);
	}
	return error_new("%s=%s is not one of %s", key->name, value, list);
}

struct error *khibernate_config_set(struct khibernate_config *config, const char *key, const char *value)
{
	if (!strcmp(key, "window"))
		return set_window(config, value);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].name, key))
			continue;
		struct error *error = check_value(&keys[i], value);

		if (error)
			return error;
		free(*field(config, i));
		*field(config, i) = xstrdup(value);
		return NULL;
	}
	return error_new("there is no setting \"%s\"", key);
}

/* Removes blanks at both ends, in place. */
static char *trimmed(char *text)
{
	size_t length;

	while (isblank((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
	return text;
}

static struct error *parse_line(struct khibernate_config *config, char *line)
{
	char *key = trimmed(line), *value = strchr(key, '=');

	if (!*key || *key == '#')
		return NULL;
	if (!value)
		return error_new("\"%s\" is no key=value", key);
	*value++ = '\0';
	return khibernate_config_set(config, trimmed(key), trimmed(value));
}

struct error *khibernate_config_parse(struct khibernate_config *config, const char *text, const char *from)
{
	char *next;

	for (size_t number = 1; (next = next_line(&text)); number++) {
		AUTO_FREE char *line = next;
		struct error *error = parse_line(config, line);

		if (error)
			return error_prefix(error, "%s, line %zu", from, number);
	}
	return NULL;
}

struct error *khibernate_config_read(struct khibernate_config *config, const char *path)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(*path == '/' ? "/" : ".", path, &text, NULL);

	return error ? error : khibernate_config_parse(config, text, path);
}

char *khibernate_config_text(const struct khibernate_config *config)
{
	struct khibernate_config texts = *config; /* borrowed */
	char *text = xstrdup("# khibernate(8): made by khibernate setup\n");

	for (size_t i = 0; i < KEY_COUNT; i++) {
		AUTO_FREE char *before = text;

		text = xasprintf("%s%s=%s\n", before, keys[i].name, *field(&texts, i));
	}
	AUTO_FREE char *before = text;

	if (config->has_window)
		return xasprintf("%swindow=0x%" PRIx64 "-0x%" PRIx64 "\n", before, config->mem_min, config->mem_max);
	return xasprintf("%swindow=auto\n", before);
}
