/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * khibernate expire: a boot that continued without resuming, for any reason, has mounted or will soon mount the saved
 * kernel's file systems; the snapshot must not be resumed any more.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hibernate/snapshot_file.h"
#include "hibernate/snapshot_origin.h"
#include "hibernate/alone.h"
#include "hibernate/encryption.h"
#include "hibernate/khibernate.h"
#include "hibernate/place_hooks.h"
#include "hibernate/swap_place.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/disk/device_name.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

/* Whether the root is still an initramfs's: of several mounts on one place the last is visible. */
static bool root_is_initramfs(void)
{
	AUTO_FREE char *mounts = NULL;
	struct error *error = read_small_file("/", "/proc/self/mounts", &mounts, NULL);
	const char *cursor = mounts;
	bool is_initramfs = false;
	char *line;

	while (!error && (line = next_line(&cursor))) {
		char *rest = line, *place, *type;

		strsep(&rest, " ");
		place = strsep(&rest, " ");
		type = strsep(&rest, " ");
		if (type && !strcmp(place, "/"))
			is_initramfs = !strcmp(type, "rootfs");
		free(line);
	}
	error_free(error);
	return is_initramfs;
}

/*
 * In an initramfs, also C's, and in B the system is not mounted yet, and a snapshot may still be resumed. A kernel C that
 * could not restore and continued the boot is an ordinary boot.
 */
static bool is_before_the_system(const char *cmdline)
{
	/* systemd's and dracut's; initramfs-tools' */
	static const char *const files[] = { "/etc/initrd-release", "/conf/initramfs.conf" };
	AUTO_FREE char *value = NULL;
	struct stat status;
	bool is_early = root_is_initramfs() || cmdline_find(cmdline, "go_to_hibernate", &value);

	for (size_t i = 0; i < ARRAY_COUNT(files); i++)
		is_early |= !stat(files[i], &status);
	return is_early;
}

/* Of this very kernel, which was resumed: it is to be resumed again. */
static bool is_kept(const struct invocation *invocation, const struct khimage_superblock *superblock)
{
	AUTO_FREE char *own = first_line_or_null("/", "/proc/sys/kernel/random/boot_id");
	AUTO_FREE char *saved = khimage_boot_text(superblock);
	size_t length = 0;

	if (strcmp(invocation->config.keep, "yes") != 0 || !own)
		return false;
	for (const char *at = own; *at; at++)
		if (*at != '-')
			own[length++] = *at;
	own[length] = '\0';
	return !strcmp(own, saved);
}

static struct error *forget_jump(const char *path, const char *file)
{
	struct error *error = snapshot_file_check_if_mounted(file, path);

	return error ? error : khimage_forget_jump(path);
}

/* `file`: the one that has these blocks, if it is mounted; "" for none. */
static struct error *expire_on(const struct invocation *invocation, const char *path, const char *file)
{
	struct khimage_superblock superblock = { 0 };
	struct error *error = read_uncached(path, &superblock, NULL);

	/* No later boot takes the mark back (refused_jump.h). A resumed A, where this may run, has to find it used. */
	if (!error && superblock.state == KHIMAGE_USED && superblock.jump_token)
		return forget_jump(path, file);
	if (error || superblock.state != KHIMAGE_COMMITTED || is_kept(invocation, &superblock))
		return error;
	/* This boot has mounted nothing of it. */
	if (snapshot_is_of_other_memory(path) && !snapshot_may_share_filesystems(path)) {
		snapshot_print_left_alone(path);
		return NULL;
	}
	error = snapshot_file_check_if_mounted(file, path);
	if (!error)
		error = invocation_give_up(invocation, path);
	if (error)
		return error_prefix(error, "the snapshot on %s is outdated by this boot, and cannot be given up: "
				    "do not let it be resumed", path);
	AUTO_FREE char *when = time_text(superblock.created);

	printf("khibernate: snapshot %" PRIu64 " of %s on %s was not resumed by this boot, which mounts what it had mounted: "
	       "it is given up%s\n", superblock.generation, when, path,
	       encryption_is_set(invocation) && !superblock.encryption.cipher ?
		       "; it was not encrypted, as this system's are: another system wrote it, or it was forged" : "");
	return swap_place_recover(path, "", false, NULL);
}

struct error *khibernate_expire(struct invocation *invocation)
{
	AUTO_FREE char *cmdline = NULL;
	AUTO_FREE char *spec = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_ALONE struct alone alone = { 0 };
	AUTO_PLACE_HOOKS struct place_hooks hooks = { 0 };
	struct error *error = machine_cmdline("/", &cmdline);

	if (error || is_before_the_system(cmdline))
		return error;
	/* A disk's event may be that of a hibernation's own write. */
	error = alone_begin(&alone, invocation->config_path, true);
	if (!error)
		error = place_hooks_open(&hooks, invocation);
	if (error)
		return error;
	spec = boot_device(invocation, cmdline);
	bool is_configured = spec && !strcmp(spec, invocation->config.device);

	/* What the other mirrors have is older then, if they come back. */
	error = spec ? device_name_find_some(spec, &path) : NULL;
	/* A disk that appears later is checked then (systemd/65-khibernate.rules.in). */
	if (error && error_errno_value(error) != ENOENT && *spec == '/')
		return error;
	error_free(error);
	error = path ? expire_on(invocation, path, is_configured ? invocation->config.file : "") : NULL;
	/* Best effort: the root may be read-only yet, and the next hibernation does it. */
	if (!error && path && is_configured)
		error_free(snapshot_file_return_space(&invocation->config, path));
	return error;
}
