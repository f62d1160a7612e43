/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/invocation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/fs.h>

#include "lib/base/alloc.h"
#include "lib/disk/device_name.h"
#include "lib/disk/storage.h"
#include "lib/machine/kernel_cmdline.h"

void invocation_deinit(struct invocation *invocation)
{
	khibernate_config_deinit(&invocation->config);
}

bool invocation_wipes(const struct invocation *invocation)
{
	return !strcmp(invocation->config.wipe, "yes");
}

struct error *invocation_give_up(const struct invocation *invocation, const char *path)
{
	struct error *error = invocation_wipes(invocation) ? khimage_wipe(path) : NULL;

	if (error)
		fprintf(stderr, "khibernate: the snapshot is not overwritten as wipe=yes asks for: %s\n", error_text(error));
	error_free(error);
	return khimage_set_state(path, KHIMAGE_EMPTY);
}

struct error *invocation_device(const struct invocation *invocation, char **ret_path)
{
	if (*invocation->config.device)
		return device_name_find(invocation->config.device, ret_path);
	if (invocation->has_config)
		return error_new("%s names no device", invocation->config_path);
	return error_new("there is no %s: run \"khibernate setup --device=...\" first", invocation->config_path);
}

static struct error *flush_cache(const char *member)
{
	AUTO_FREE char *device = NULL;
	uint64_t offset;

	storage_name_split(member, &device, &offset);

	int fd = open(device, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s", device);
	ioctl(fd, BLKFLSBUF);
	close(fd);
	return NULL;
}

struct error *read_uncached(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged)
{
	struct error *error = NULL;
	char *member;

	for (size_t i = 0; !error && (member = storage_name_member(path, i)); i++) {
		error = flush_cache(member);
		free(member);
	}
	return error ? error : khimage_read_state(path, ret_superblock, ret_damaged);
}

struct error *read_superblock(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged)
{
	struct khimage_superblock superblock;
	struct error *error = read_uncached(path, &superblock, ret_damaged);

	if (error)
		return error;
	if (!superblock.state)
		return error_new("%s is no khimage; \"khibernate setup --device=%s\" makes it one", path, path);
	*ret_superblock = superblock;
	return NULL;
}

char *time_text(uint64_t seconds)
{
	char text[32];
	time_t when = (time_t)seconds;
	struct tm parts;

	if (!localtime_r(&when, &parts) || !strftime(text, sizeof(text), "%F %T", &parts))
		return xasprintf("%" PRIu64, seconds);
	return xstrdup(text);
}

char *boot_device(const struct invocation *invocation, const char *cmdline)
{
	char *value = NULL;

	if (cmdline_find(cmdline, "khdev", &value))
		return value;
	return *invocation->config.device ? xstrdup(invocation->config.device) : NULL;
}

bool has_noresume(const char *cmdline)
{
	AUTO_FREE char *value = NULL;

	return cmdline_find(cmdline, "noresume", &value);
}
