/* SPDX-License-Identifier: GPL-2.0-only */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "config.h"
#include "khimage.h"
#include "memory.h"
#include "size_text.h"

#ifdef HAVE_BLKID
#include <blkid/blkid.h>
#endif

bool target_is_stdout(const char *name)
{
	return !strcmp(name, "-");
}

static bool is_block_device(const char *name)
{
	struct stat status;

	return !stat(name, &status) && S_ISBLK(status.st_mode);
}

#ifdef HAVE_BLKID
/* What libblkid finds on it: the name of a file system, a volume or a partition table; NULL if nothing. */
static struct error *find_content(const char *name, char **ret_content)
{
	blkid_probe probe = blkid_new_probe_from_filename(name);
	const char *type = NULL;

	if (!probe)
		return error_errno(errno, "cannot look what is on %s", name);
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	int result = blkid_do_safeprobe(probe);

	if (!result && blkid_probe_lookup_value(probe, "TYPE", &type, NULL) &&
	    blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL))
		type = "something";
	if (result == -2)
		type = "more than one thing";
	*ret_content = type ? xstrdup(type) : NULL;
	blkid_free_probe(probe);
	return result == -1 ? error_new("cannot look what is on %s", name) : NULL;
}
#else
static struct error *find_content(const char *name, char **ret_content)
{
	(void)name;
	*ret_content = NULL;
	return NULL;
}
#endif

struct error *target_check(const char *name)
{
	AUTO_FREE char *content = NULL;

	if (target_is_stdout(name) || !is_block_device(name) || khimage_probe_path(name))
		return NULL;

	struct error *error = find_content(name, &content);

	if (error || !content)
		return error;
	return error_new("%s holds %s, which would be lost; --overwrite takes it all the same", name, content);
}

struct error *target_open(struct target *target, const char *name, bool also_reads)
{
	int access = also_reads ? O_RDWR : O_WRONLY;

	*target = (struct target){ .name = name, .fd = STDOUT_FILENO, .is_device = is_block_device(name) };
	if (target_is_stdout(name))
		return isatty(STDOUT_FILENO) ? error_new("an image is not written to a terminal") : NULL;
	/* A khimage in a file is not cut: its generation is in it, and its superblock says what else counts. */
	int fd = open(name, access | O_CLOEXEC | (target->is_device ? O_EXCL : also_reads ? O_CREAT : O_CREAT | O_TRUNC), 0600);

	if (fd < 0 && errno == EBUSY)
		return error_new("%s is in use: it is mounted, or swap, or part of another device", name);
	if (fd < 0)
		return error_errno(errno, "cannot open %s for writing", name);
	target->fd = fd;
	if (target->is_device && ioctl(fd, BLKGETSIZE64, &target->size_bytes)) {
		close(fd);
		return error_errno(errno, "cannot ask for the size of %s", name);
	}
	return NULL;
}

struct error *target_check_size(const struct target *target, uint64_t size_bytes)
{
	if (!target->is_device || target->size_bytes >= size_bytes)
		return NULL;

	AUTO_FREE char *have = size_text(target->size_bytes);
	AUTO_FREE char *wanted = size_text(size_bytes);

	return error_new("%s has %s; the image takes %s", target->name, have, wanted);
}

struct error *target_close(struct target *target, struct error *error)
{
	if (target->fd != STDOUT_FILENO && close(target->fd) && !error)
		return error_errno(errno, "cannot close %s", target->name);
	return error;
}
