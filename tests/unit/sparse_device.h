/* SPDX-License-Identifier: GPL-2.0-only */
/* Sparse files as block devices, for tests of what a digest of a file system notices. */
#ifndef KJ_TESTS_SPARSE_DEVICE_H
#define KJ_TESTS_SPARSE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/kjump_filesystems_note.h"
#include "lib/base/error.h"

#define DEVICE_BYTES UINT64_C(0x4000000)

struct device {
	int fd;
	const char *type;
	uint64_t magic_offset;
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES];
};

/* A file of DEVICE_BYTES zeros, of this type of file system. Close its fd. */
struct device make_device(const char *type);

void write_at(const struct device *device, uint64_t offset, const void *data, size_t size);
void write_number(const struct device *device, uint64_t offset, uint64_t value, size_t size);
void write_big_endian(const struct device *device, uint64_t offset, uint64_t value, size_t size);

struct error *digest_of(const struct device *device, uint8_t *ret_digest);

/* Flips a byte, and back: does the digest change? */
bool notices(const struct device *device, uint64_t offset);

#endif
