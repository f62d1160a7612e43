/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz targets: each fuzz_*.c has one LLVMFuzzerTestOneInput. With clang's
 * -fsanitize=fuzzer it makes a fuzzer ("make fuzz-smoke"); with replay.c a
 * plain program that runs the files it is given, for any compiler ("make
 * check"). A new target is found by its name; its seeds come from make_seeds.c
 * or lie in corpus/TARGET, words that help it may stand in TARGET.dict.
 */
#ifndef KJ_TESTS_FUZZ_H
#define KJ_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that was not kept; not assert(), which NDEBUG would take away. */
#define REQUIRE(condition)                                                                    \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                              \
		}                                                                             \
	} while (0)

/* The input as a text of exactly its size; free it. What comes after a NUL is not seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	REQUIRE(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
