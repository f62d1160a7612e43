/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/sparse_device.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem_digest.h"

void write_at(const struct device *device, uint64_t offset, const void *data, size_t size)
{
	if (pwrite(device->fd, data, size, (off_t)offset) != (ssize_t)size)
		exit(2);
}

void write_number(const struct device *device, uint64_t offset, uint64_t value, size_t size)
{
	write_at(device, offset, &value, size);
}

void write_big_endian(const struct device *device, uint64_t offset, uint64_t value, size_t size)
{
	uint64_t swapped = htobe64(value << (64 - 8 * size));

	write_at(device, offset, &swapped, size);
}

struct device make_device(const char *type)
{
	struct device device = { .fd = memfd_create("device", MFD_CLOEXEC), .type = type };

	if (device.fd < 0 || ftruncate(device.fd, (off_t)DEVICE_BYTES))
		exit(2);
	return device;
}

struct error *digest_of(const struct device *device, uint8_t *ret_digest)
{
	return filesystem_digest(device->fd, "device", device->type, DEVICE_BYTES, device->magic_offset, ret_digest);
}

bool notices(const struct device *device, uint64_t offset)
{
	uint8_t before[KJUMP_FILESYSTEM_DIGEST_BYTES], after[KJUMP_FILESYSTEM_DIGEST_BYTES], byte = 0, flipped;

	if (digest_of(device, before) ||
	    pread(device->fd, &byte, 1, (off_t)offset) != 1)
		exit(2);
	flipped = byte ^ 0x10;
	write_at(device, offset, &flipped, 1);
	if (digest_of(device, after))
		exit(2);
	write_at(device, offset, &byte, 1);
	return memcmp(before, after, sizeof(before)) != 0;
}
