/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that kexec_file_load(2) takes, from the sizes of its files. */
#include "kexec/plan/file_load_memory.h"

#include <sys/stat.h>

#include "lib/base/sizes.h"
#include "lib/machine/machine.h"

/* For page tables, other memory of the kernel, and other programs meanwhile. */
#define SPARE_BYTES (16 * MIB)

static uint64_t size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) || status.st_size < 0 ? 0 : (uint64_t)status.st_size;
}

uint64_t file_load_memory(const struct file_load *load, uint64_t init_size_bytes)
{
	uint64_t initrds = 0, read;

	for (size_t i = 0; i < load->initrd_count; i++)
		initrds += size_of(load->initrds[i]);
	/* Several are joined to a file in memory first. */
	read = size_of(load->kernel) + (load->initrd_count > 1 ? 2 : 1) * initrds;
	return load->crash ? read : read + init_size_bytes + initrds;
}

bool file_load_memory_fits(const struct file_load *load, uint64_t init_size_bytes, const char *root)
{
	uint64_t available;
	struct error *error = machine_available_memory(root, &available);

	if (error) {
		error_free(error);
		return true;
	}
	return available >= SPARE_BYTES && file_load_memory(load, init_size_bytes) <= available - SPARE_BYTES;
}
