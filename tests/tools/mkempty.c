/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkempty FILE GENERATION [BOOT]
 *
 * Writes an empty khimage with this generation to the beginning of FILE, a file or device, as a system that had so
 * many snapshots there leaves it. Its boot id is that of mkcore with the seed BOOT; without it the superblocks have
 * none, as all had before they got that field.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/khimage/khimage.h"

int main(int argc, char **argv)
{
	struct khimage_superblock superblock = { .state = KHIMAGE_EMPTY };
	uint64_t sequence = 0, boot = 0;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: mkempty FILE GENERATION [BOOT]\n");
		return 2;
	}
	superblock.generation = strtoull(argv[2], NULL, 0);
	if (argc == 4)
		boot = strtoull(argv[3], NULL, 0);
	memcpy(superblock.boot_id, &boot, sizeof(boot));

	int fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		perror(argv[1]);
		return 2;
	}
	const struct storage storage = storage_of_file(fd);

	return error_report(khimage_write_superblocks(&storage, argv[1], &superblock, &sequence, 0), "mkempty");
}
