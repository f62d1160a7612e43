/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kernel_config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/unpack/decompress.h"

/* A configuration has some 200 KiB. */
#define CONFIG_LIMIT_BYTES (16u << 20)

static char *unpacked(struct bytes packed)
{
	AUTO_FREE uint8_t *data = NULL;
	size_t size;
	struct error *error = decompress(packed, CONFIG_LIMIT_BYTES, &data, &size);

	if (!error)
		return xstrndup((const char *)data, size);
	error_free(error);
	return NULL;
}

char *kernel_config_read(const char *root, const char *release)
{
	AUTO_FREE char *packed = NULL;
	AUTO_FREE char *path = xasprintf("/boot/config-%s", release);
	char *text = NULL;
	size_t size;
	struct error *error = read_small_file(root, "/proc/config.gz", &packed, &size);

	if (!error)
		text = unpacked((struct bytes){ (const uint8_t *)packed, size });
	error_free(error);
	if (text)
		return text;
	error = read_small_file(root, path, &text, NULL);
	error_free(error);
	return text;
}

bool kernel_config_has(const char *text, const char *name)
{
	AUTO_FREE char *key = xasprintf("CONFIG_%s", name);
	AUTO_FREE char *value = line_value(text, key);

	return value && (!strcmp(value, "y") || !strcmp(value, "m"));
}
