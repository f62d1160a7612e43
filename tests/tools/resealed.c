/* SPDX-License-Identifier: GPL-2.0-only */
/* usage: resealed FILE OFFSET: makes the checksums of a changed superblock at this offset right, as an attacker can. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/khimage/khimage_parse.h"

int main(int argc, char **argv)
{
	struct khimage_superblock superblock;
	FILE *file = argc == 3 ? fopen(argv[1], "r+b") : NULL;
	long offset = file ? strtol(argv[2], NULL, 10) : 0;

	if (!file || fseek(file, offset, SEEK_SET) || fread(&superblock, sizeof(superblock), 1, file) != 1)
		return 1;
	khimage_superblock_seal(&superblock);
	if (fseek(file, offset, SEEK_SET) || fwrite(&superblock, sizeof(superblock), 1, file) != 1)
		return 1;
	return fclose(file) != 0;
}
