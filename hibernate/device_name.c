/* SPDX-License-Identifier: GPL-2.0-only */
#include "device_name.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "file.h"
#include "memory.h"
#include "text.h"

#ifdef HAVE_BLKID
#include <blkid/blkid.h>
#endif

static struct error *check_is_block_device(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return error_errno(errno, "cannot find %s", path);
	return S_ISBLK(status.st_mode) ? NULL : error_new("%s is not a block device", path);
}

/* The kernel's name of it, which is that in /dev, too. */
static struct error *find_by_numbers(const char *numbers, char **ret_path)
{
	AUTO_FREE char *file = xasprintf("/sys/dev/block/%s/uevent", numbers);
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file("/", file, &text, NULL);

	if (error) {
		error_free(error);
		return error_new("there is no block device %s", numbers);
	}

	AUTO_FREE char *name = line_value(text, "DEVNAME");

	if (!name)
		return error_new("the kernel does not tell the name of block device %s", numbers);
	*ret_path = xasprintf("/dev/%s", name);
	return NULL;
}

static struct error *find_by_tag(const char *spec, char **ret_path)
{
#ifdef HAVE_BLKID
	AUTO_FREE char *path = blkid_evaluate_spec(spec, NULL);

	if (!path)
		return error_new("no block device has %s", spec);
	*ret_path = xstrdup(path);
	return NULL;
#else
	(void)ret_path;
	return error_new("%s cannot be looked up: this program is built without libblkid", spec);
#endif
}

struct error *device_name_find(const char *spec, char **ret_path)
{
	AUTO_FREE char *path = NULL;
	struct error *error = NULL;

	if (strchr(spec, '=') && spec[0] != '/')
		error = find_by_tag(spec, &path);
	else if (isdigit((unsigned char)spec[0]))
		error = find_by_numbers(spec, &path);
	else
		path = xstrdup(spec);
	if (!error)
		error = check_is_block_device(path);
	if (error)
		return error;
	*ret_path = xstrdup(path);
	return NULL;
}
