/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: digest MIB [ROUNDS]
 *
 * The digest as it is compiled for purgatory, over so many MiB; prints the seconds
 * of the best round. Counting its instructions is for a tool outside (callgrind).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "purgatory/xxh64.h"

static double now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	size_t size = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) << 20 : 0;
	int rounds = argc > 2 ? atoi(argv[2]) : 1;
	char *data = malloc(size ? size : 1);
	double best = 1e9;

	if (!size || !data) {
		fprintf(stderr, "usage: digest MIB [ROUNDS]\n");
		return 2;
	}
	memset(data, 'x', size);
	for (int round = 0; round < rounds; round++) {
		struct xxh64 digest;
		double start = now();

		xxh64_init(&digest);
		xxh64_update(&digest, data, size);
		volatile uint64_t value = xxh64_value(&digest);
		double seconds = now() - start;

		(void)value;
		if (seconds < best)
			best = seconds;
	}
	printf("%.6f\n", best);
	free(data);
	return 0;
}
