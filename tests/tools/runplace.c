/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: runplace MEMORY LOADED LOG
 *
 * Does to a file what the placing program (include/place_param.h) does to physical memory. MEMORY is what
 * preload_pagemap.so left; LOADED and LOG are what preload_kexec.so noted of kexec_load's segments. These are put
 * in their places, the digest is compared, then all copies and fills are made. Fails if the digest differs.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "include/place_param.h"
#include "purgatory/xxh64.h"

static void fail(const char *what)
{
	fprintf(stderr, "runplace: %s\n", what);
	exit(1);
}

static uint8_t *map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat status;
	void *map;

	if (fd < 0 || fstat(fd, &status))
		fail(path);
	map = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fail(path);
	return map;
}

/* Puts the segments into memory; returns the entry. */
static size_t load(uint8_t *memory, const uint8_t *loaded, const char *log_path)
{
	FILE *log = fopen(log_path, "re");
	char line[256];
	size_t entry = 0, start, size;

	while (log && fgets(line, sizeof(line), log)) {
		if (sscanf(line, "kexec_load entry=%zx", &start) == 1)
			entry = start;
		else if (sscanf(line, " segment %zx+%zx", &start, &size) == 2)
			memcpy(memory + start, loaded + start, size);
	}
	if (log)
		fclose(log);
	if (!entry)
		fail("nothing was loaded");
	return entry;
}

static void place(uint8_t *memory, const struct place_param *param)
{
	const struct place_copy *copies = (const void *)(memory + param->copies);
	const struct place_fill *fills = (const void *)(memory + param->fills);
	struct xxh64 digest;

	xxh64_init(&digest);
	for (uint64_t i = 0; i < param->copy_count; i++)
		xxh64_update(&digest, memory + copies[i].from, (size_t)copies[i].size_bytes);
	if (xxh64_value(&digest) != param->digest)
		fail("what is to be copied is not what was read");
	for (uint64_t i = 0; i < param->copy_count; i++)
		memcpy(memory + copies[i].to, memory + copies[i].from, (size_t)copies[i].size_bytes);
	for (uint64_t i = 0; i < param->fill_count; i++)
		memset(memory + fills[i].to, (int)fills[i].byte, (size_t)fills[i].size_bytes);
}

int main(int argc, char **argv)
{
	struct place_param param;

	if (argc != 4) {
		fputs("usage: runplace MEMORY LOADED LOG\n", stderr);
		return 2;
	}

	uint8_t *memory = map_file(argv[1]);
	size_t entry = load(memory, map_file(argv[2]), argv[3]);

	memcpy(&param, memory + entry + PLACE_PARAM_OFFSET, sizeof(param));
	if (strcmp(param.magic, PLACE_MAGIC) != 0)
		fail("what is loaded is not the placing program");
	place(memory, &param);
	return 0;
}
