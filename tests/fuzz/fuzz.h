/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz targets: each fuzz_*.c has one LLVMFuzzerTestOneInput. With clang's
 * -fsanitize=fuzzer it makes a fuzzer; with replay.c a plain program that runs
 * the files it is given, for any compiler:
 *
 *	clang -fsanitize=fuzzer,address,undefined FLAGS fuzz_elf_file.c SOURCES -o fuzz_elf_file
 *	make_seeds seeds && fuzz_elf_file -max_len=4096 corpus seeds/elf_file
 */
#ifndef KJ_TESTS_FUZZ_H
#define KJ_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that was not kept; not assert(), which NDEBUG would take away. */
#define REQUIRE(condition)                                                                    \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                              \
		}                                                                             \
	} while (0)

#endif
