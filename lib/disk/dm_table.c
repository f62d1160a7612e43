/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/dm_table.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/dm-ioctl.h>

#include "lib/base/alloc.h"

#define BUFFER_MAX (16 << 20)

void dm_table_deinit(struct dm_table *table)
{
	if (table->buffer)
		explicit_bzero(table->buffer, table->buffer_size);
	free(table->buffer);
	free(table->lines);
	*table = (struct dm_table){ 0 };
}

/* The kernel's 64-bit form of a device number (include/linux/kdev_t.h, huge_encode_dev). */
static uint64_t encode_device(dev_t device)
{
	uint64_t minor_number = minor(device);

	return (minor_number & 0xff) | (uint64_t)major(device) << 8 | (minor_number & ~UINT64_C(0xff)) << 12;
}

/* DM_SECURE_DATA_FLAG: the kernel, too, overwrites its copy. */
static bool ask(int fd, dev_t device, struct dm_table *table)
{
	struct dm_ioctl request = { .version = { DM_VERSION_MAJOR, 0, 0 },
				    .data_size = (uint32_t)table->buffer_size,
				    .data_start = sizeof(request),
				    .flags = DM_STATUS_TABLE_FLAG | DM_SECURE_DATA_FLAG | DM_NOFLUSH_FLAG,
				    .dev = encode_device(device) };

	memcpy(table->buffer, &request, sizeof(request));
	return !ioctl(fd, DM_TABLE_STATUS, table->buffer);
}

/* Repeats the request with a larger buffer while the kernel reports that it is too small. */
static bool read_table(int fd, dev_t device, struct dm_table *table, struct dm_ioctl *ret_answer)
{
	for (size_t size = 16 << 10; size <= BUFFER_MAX; size *= 4) {
		dm_table_deinit(table);
		table->buffer = xcalloc(size, 1);
		table->buffer_size = size;
		if (!ask(fd, device, table))
			return false;
		memcpy(ret_answer, table->buffer, sizeof(*ret_answer));
		if (!(ret_answer->flags & DM_BUFFER_FULL_FLAG))
			return true;
	}
	return false;
}

/* Each line's offset to the next one is relative to the first line. */
static bool parse(struct dm_table *table, const struct dm_ioctl *answer)
{
	size_t offset = answer->data_start;

	table->lines = xcalloc((size_t)answer->target_count + 1, sizeof(*table->lines));
	for (uint32_t i = 0; i < answer->target_count; i++) {
		struct dm_target_spec *spec = (void *)(table->buffer + offset);

		if (offset + sizeof(*spec) >= table->buffer_size)
			return false;
		spec->target_type[sizeof(spec->target_type) - 1] = '\0';
		table->lines[table->count++] =
			(struct dm_line){ spec->sector_start, spec->length, spec->target_type, (const char *)(spec + 1) };
		offset = answer->data_start + (size_t)spec->next;
	}
	table->buffer[table->buffer_size - 1] = '\0';
	return true;
}

bool dm_table_read(dev_t device, struct dm_table *ret_table)
{
	struct dm_ioctl answer = { 0 };
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	bool good = fd >= 0 && read_table(fd, device, ret_table, &answer) && parse(ret_table, &answer);

	if (fd >= 0)
		close(fd);
	if (!good)
		dm_table_deinit(ret_table);
	return good;
}
