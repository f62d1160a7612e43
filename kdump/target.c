/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/base/size_text.h"
#include "lib/base/span.h"
#include "lib/base/standard_streams.h"
#include "lib/base/zero_page.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_open.h"
#include "lib/khimage/khimage.h"

bool target_is_stdout(const char *name)
{
	return !strcmp(name, "-");
}

/* The contents of value on it, for messages; NULL if there are none. */
static struct error *find_content(const char *name, char **ret_content)
{
	AUTO_BLOCK_CONTENT struct block_content content = { 0 };
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s to check its content", name);

	struct error *error = block_content_probe(fd, name, &content);
	const char *type = block_content_name(&content);
	AUTO_FREE char *label = content.label ? xasprintf(" \"%s\"", content.label) : xstrdup("");

	close(fd);
	if (!error)
		*ret_content = type ? xasprintf("%s%s", type, label) : NULL;
	return error;
}

struct error *target_check(const char *name)
{
	AUTO_FREE char *content = NULL;

	if (target_is_stdout(name) || !device_is_block(name) || (!block_devices_can_probe() && khimage_probe_path(name)))
		return NULL;
	if (!block_devices_can_probe())
		return error_new("cannot check the content of %s: this program was built without libblkid", name);

	/* A former khimage is probed, too: it may have other contents by now. */
	struct error *error = find_content(name, &content);

	if (error || !content)
		return error;
	return error_new("%s holds %s, which would be lost", name, content);
}

struct error *target_check_snapshot(const char *name)
{
	struct khimage snapshot;

	if (!khimage_probe_path(name))
		return NULL;
	/* A damaged snapshot cannot be restored: overwriting it loses nothing. */
	struct error *error = khimage_open(&snapshot, name);
	bool is_damaged = error != NULL;

	error_free(error);
	if (is_damaged)
		return NULL;
	error = snapshot.superblock.state == KHIMAGE_COMMITTED ?
			error_new("%s holds a snapshot that was not restored yet", name) :
							      NULL;
	khimage_close(&snapshot);
	return error;
}

/* Whether the part that formatting overwrites is empty or all zeros. */
static bool is_blank(const char *name)
{
	_Alignas(PAGE_SIZE_BYTES) uint8_t page[PAGE_SIZE_BYTES];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t got = sizeof(page);
	bool blank = fd >= 0;

	for (off_t at = 0; blank && got == (ssize_t)sizeof(page) && at < KHIMAGE_WIPED_BYTES; at += got) {
		memset(page, 0, sizeof(page));
		got = TEMP_FAILURE_RETRY(pread(fd, page, sizeof(page), at));
		blank = got >= 0 && is_zero_page(page);
	}
	if (fd >= 0)
		close(fd);
	return blank;
}

struct error *target_check_file(const char *name)
{
	struct stat status;

	if (stat(name, &status) || !S_ISREG(status.st_mode) || khimage_probe_path(name) || is_blank(name))
		return NULL;
	return error_new("%s is a file with something else in it, which would be lost", name);
}

struct error *target_check_kind(const char *name)
{
	struct stat status;

	if (stat(name, &status) || S_ISBLK(status.st_mode) || S_ISREG(status.st_mode))
		return NULL;
	return error_new("%s is neither a block device nor a file", name);
}

struct error *target_or_overwrite(struct error *error)
{
	/* If the target cannot be opened, --overwrite does not help. */
	if (!error || error_errno_value(error))
		return error;

	struct error *more = error_new("%s; --overwrite takes it all the same", error_text(error));

	error_free(error);
	return more;
}

struct error *target_init_khimage(const char *name, bool overwrite)
{
	struct error *error = overwrite ? NULL : target_check_snapshot(name);

	if (!error && !overwrite)
		error = target_check(name);
	if (!error && !overwrite)
		error = target_check_file(name);
	error = target_or_overwrite(error);
	if (!error)
		error = target_check_kind(name);
	return error ? error : khimage_format(name);
}

struct error *target_check_source(const char *name, int source_fd, const char *source)
{
	struct stat from, to;
	bool known = !fstat(source_fd, &from) && !(target_is_stdout(name) ? fstat(STDOUT_FILENO, &to) : stat(name, &to));
	bool same_file = known && from.st_dev == to.st_dev && from.st_ino == to.st_ino;
	bool same_device = known && S_ISBLK(from.st_mode) && S_ISBLK(to.st_mode) && from.st_rdev == to.st_rdev;

	/* Source and target may be the same character device: /dev/null, a terminal. */
	if (!same_device && !(same_file && S_ISREG(from.st_mode)))
		return NULL;
	return error_new("%s is also the source (%s): writing to it would destroy it",
			 target_is_stdout(name) ? "standard output" : name, source);
}

struct error *target_open(struct target *target, const char *name, bool also_reads)
{
	int access = also_reads ? O_RDWR : O_WRONLY;

	/* A file over the size limit (ulimit -f) is reported as an error instead of a signal. */
	signal(SIGXFSZ, SIG_IGN);
	*target = (struct target){ .name = name, .storage = storage_of_file(STDOUT_FILENO) };
	if (target_is_stdout(name) && standard_output_was_closed())
		return error_new("standard output is closed: there is nowhere to write the snapshot to");
	if (target_is_stdout(name))
		return isatty(STDOUT_FILENO) ? error_new("a snapshot is not written to a terminal") : NULL;
	/* A khimage in a file is not cut: its generation is in it, and its superblock says what else counts. */
	if (!also_reads && storage_name_is_mapped(name))
		return error_new("only a khimage can lie in parts of a device (%s): --format=khimage", name);
	return storage_open(&target->storage, name, STORAGE_ALONE, access, also_reads ? O_CREAT : O_CREAT | O_TRUNC);
}

struct error *target_check_size(const struct target *target, uint64_t size_bytes)
{
	if (target->storage.size_bytes >= size_bytes)
		return NULL;

	AUTO_FREE char *have = size_text(target->storage.size_bytes);
	AUTO_FREE char *wanted = size_text(size_bytes);

	return error_new("%s has %s; the snapshot takes %s", target->name, have, wanted);
}

struct error *target_close(struct target *target, struct error *error)
{
	struct error *late = target->storage.fd == STDOUT_FILENO ? NULL : storage_close(&target->storage, target->name);

	if (!error)
		return late;
	error_free(late);
	return error;
}
