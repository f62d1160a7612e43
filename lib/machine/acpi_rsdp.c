/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/acpi_rsdp.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"

#define SIGNATURE "RSD PTR "
#define REVISION_AT 15
#define FIRST_BYTES 20

static bool sums_to_0(const uint8_t *data, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + data[i]);
	return !sum;
}

size_t acpi_rsdp_read(const char *root, uint64_t address, uint8_t *ret_rsdp)
{
	AUTO_FREE char *path = path_below(root, "/dev/mem");
	uint8_t read_bytes[ACPI_RSDP_BYTES] = { 0 };
	int fd = address ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;

	ssize_t got = pread(fd, read_bytes, sizeof(read_bytes), (off_t)address);

	close(fd);
	if (got < FIRST_BYTES || memcmp(read_bytes, SIGNATURE, strlen(SIGNATURE)) ||
	    !sums_to_0(read_bytes, FIRST_BYTES))
		return 0;

	bool is_new = read_bytes[REVISION_AT] >= 2 && got == sizeof(read_bytes) &&
		      sums_to_0(read_bytes, sizeof(read_bytes));

	memcpy(ret_rsdp, read_bytes, sizeof(read_bytes));
	return is_new ? ACPI_RSDP_BYTES : FIRST_BYTES;
}
