/* SPDX-License-Identifier: GPL-2.0-only */
/* Digests of disks; the first byte chooses the type, the rest is the disk's beginning. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/filesystem_digest.h"
#include "tests/fuzz/fuzz.h"

#define DEVICE_BYTES (UINT64_C(1) << 24)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "xfs", "vfat", "ext4", "unknown", "ntfs", "exfat", "swap" };
	uint8_t first[KJUMP_FILESYSTEM_DIGEST_BYTES], second[KJUMP_FILESYSTEM_DIGEST_BYTES];

	if (!size)
		return 0;
	const char *type = types[data[0] % ARRAY_COUNT(types)];
	int fd = memfd_create("disk", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1) && !ftruncate(fd, DEVICE_BYTES));
	REQUIRE(!filesystem_digest(fd, "disk", type, DEVICE_BYTES, data[0] * UINT64_C(999983), first));
	REQUIRE(!filesystem_digest(fd, "disk", type, DEVICE_BYTES, data[0] * UINT64_C(999983), second));
	REQUIRE(!memcmp(first, second, sizeof(first)));
	close(fd);
	return 0;
}
