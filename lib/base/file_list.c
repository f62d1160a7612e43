/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/file_list.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/memfd.h"
#include "lib/base/span.h"

struct part {
	int fd;
	uint64_t offset, size; /* in the joined file, in bytes */
	struct stat status;
};

/* The open files, and the place of each in the joined file. */
struct parts {
	const char *what;
	const char *const *paths; /* borrowed */
	struct part *items;
	size_t count;
};

static void parts_deinit(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		close(parts->items[i].fd);
	free(parts->items);
}
#define AUTO_PARTS __attribute__((cleanup(parts_deinit)))

static struct error *parts_open(struct parts *parts, size_t count)
{
	uint64_t end = 0;

	parts->items = xcalloc(count, sizeof(*parts->items));
	while (parts->count < count) {
		struct part *part = &parts->items[parts->count];
		const char *path = parts->paths[parts->count];
		struct error *error = open_file(parts->what, path, &part->fd);

		if (error)
			return error;
		parts->count++;
		if (fstat(part->fd, &part->status))
			return error_errno(errno, "cannot look at %s \"%s\"", parts->what, path);
		part->offset = address_align_up(end, PAGE_SIZE_BYTES);
		part->size = (uint64_t)part->status.st_size;
		end = part->offset + part->size;
		if (part->size > PTRDIFF_MAX || end > PTRDIFF_MAX)
			return error_new("%s \"%s\" ends at byte %llu of all together, more than a %zu-bit program can map",
					 parts->what, path, (unsigned long long)end, sizeof(void *) * 8);
	}
	return NULL;
}

/* The rest of the last page, after the end of the file, reads as zeros: mmap(2). */
static struct error *map_part(const struct parts *parts, size_t i, uint8_t *whole)
{
	const struct part *part = &parts->items[i];
	uint8_t *at = whole + part->offset;

	if (mmap(at, (size_t)part->size, PROT_READ, MAP_PRIVATE | MAP_FIXED, part->fd, 0) == MAP_FAILED)
		return error_errno(errno, "cannot map %s \"%s\" (%llu bytes)", parts->what, parts->paths[i],
				   (unsigned long long)part->size);
	madvise(at, (size_t)part->size, MADV_WILLNEED);
	return NULL;
}

static size_t size_of_whole(const struct parts *parts)
{
	const struct part *last = &parts->items[parts->count - 1];

	return (size_t)(last->offset + last->size);
}

struct error *mapped_files_init(struct mapped_file *file, const char *what, const char *const *paths, size_t count)
{
	AUTO_PARTS struct parts parts = { .what = what, .paths = paths };
	struct mapped_file mapped = { 0 };

	if (count == 1)
		return mapped_file_init(file, what, paths[0]);

	struct error *error = parts_open(&parts, count);

	if (error)
		return error;

	size_t size = size_of_whole(&parts);
	uint8_t *whole = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (whole == MAP_FAILED)
		return error_errno(errno, "cannot map %zu files for the %s (%zu bytes)", count, what, size);
	mapped.bytes = (struct bytes){ whole, size };
	for (size_t i = 0; i < count && !error; i++) {
		mapped_file_add_file(&mapped, paths[i], &parts.items[i].status);
		error = map_part(&parts, i, whole);
	}
	if (error)
		mapped_file_deinit(&mapped);
	else
		*file = mapped;
	return error;
}

static struct error *copy_part(const struct parts *parts, size_t i, int to)
{
	const struct part *part = &parts->items[i];
	off_t from = 0;

	if (lseek(to, (off_t)part->offset, SEEK_SET) < 0)
		return error_errno(errno, "cannot put the files for the %s together", parts->what);
	while ((uint64_t)from < part->size) {
		ssize_t sent = sendfile(to, part->fd, &from, (size_t)(part->size - (uint64_t)from));

		if (!sent)
			return error_new("%s \"%s\" became shorter while it was read", parts->what, parts->paths[i]);
		if (sent < 0 && errno != EINTR)
			return error_errno(errno, "cannot copy %s \"%s\" to put the files together", parts->what,
					   parts->paths[i]);
	}
	return NULL;
}

struct error *open_files(const char *what, const char *const *paths, size_t count, int *ret_fd)
{
	AUTO_PARTS struct parts parts = { .what = what, .paths = paths };

	if (count == 1)
		return open_file(what, paths[0], ret_fd);

	struct error *error = parts_open(&parts, count);
	int fd = -1;

	if (!error) {
		fd = memfd_create(what, MFD_CLOEXEC);
		if (fd < 0)
			error = error_errno(errno, "cannot put %zu files for the %s together in memory", count, what);
	}
	for (size_t i = 0; i < count && !error; i++)
		error = copy_part(&parts, i, fd);
	if (error && fd >= 0)
		close(fd);
	if (!error)
		error = memfd_finish(what, &fd);
	if (!error)
		*ret_fd = fd;
	return error;
}
