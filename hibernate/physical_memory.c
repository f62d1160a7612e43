/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/physical_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct error *physical_memory_open(struct physical_memory *memory, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && !strcmp(path, "/dev/mem"))
		return error_new("there is no %s: this kernel is built without CONFIG_DEVMEM, or /dev is not mounted",
				 path);
	if (fd < 0 && errno == EPERM)
		return error_new("%s may not be opened: the kernel is locked down, or this is not root", path);
	if (fd < 0)
		return error_errno(errno, "cannot open %s", path);
	*memory = (struct physical_memory){ fd, path };
	return NULL;
}

void physical_memory_close(struct physical_memory *memory)
{
	if (memory->path)
		close(memory->fd);
	*memory = (struct physical_memory){ 0 };
}

struct error *physical_memory_map(const struct physical_memory *memory, struct span span, uint8_t **ret_data)
{
	struct stat status;

	/* Beyond a file's end mmap(2) succeeds, but an access fails. */
	if (!fstat(memory->fd, &status) && S_ISREG(status.st_mode) && (uint64_t)status.st_size < span.end)
		return error_new("%s has %lld bytes, and 0x%" PRIx64 "-0x%" PRIx64 " is to be written to", memory->path,
				 (long long)status.st_size, span.start, span.end - 1);
	void *data = mmap(NULL, (size_t)span_size(span), PROT_READ | PROT_WRITE, MAP_SHARED, memory->fd,
			  (off_t)span.start);

	if (data != MAP_FAILED) {
		*ret_data = data;
		return NULL;
	}
	if (errno == EPERM)
		return error_new("%s does not give 0x%" PRIx64 "-0x%" PRIx64 ": the kernel counts it as memory or a "
				 "device of its own (CONFIG_STRICT_DEVMEM, CONFIG_IO_STRICT_DEVMEM; iomem=relaxed "
				 "lifts the latter)",
				 memory->path, span.start, span.end - 1);
	return error_errno(errno, "cannot map 0x%" PRIx64 "-0x%" PRIx64 " of %s", span.start, span.end - 1,
			   memory->path);
}

void physical_memory_unmap(uint8_t *data, struct span span)
{
	munmap(data, (size_t)span_size(span));
}

struct error *physical_memory_try(const struct physical_memory *memory, const struct span_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct span rest = set->items[i];

		while (!span_is_empty(rest)) {
			struct span window = span_intersect(rest, span_of(rest.start, PHYSICAL_WINDOW_BYTES));
			uint8_t *data;
			struct error *error = physical_memory_map(memory, window, &data);

			if (error)
				return error;
			physical_memory_unmap(data, window);
			rest.start = window.end;
		}
	}
	return NULL;
}
