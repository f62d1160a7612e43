/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that gcc and clang call on their own account in freestanding
 * code ("Standards" in the gcc manual). String instructions, because a loop
 * might be compiled into a call of the very function it is in. Of whole words, as
 * far as there are any: the placing program copies much of the memory, and an
 * emulated processor, or one before "enhanced" byte moves, takes as long for a
 * byte as for a word.
 */
#include <stddef.h>

#ifdef __x86_64__
#define MOVE_WORDS "rep movsq"
#define STORE_WORDS "rep stosq"
#define EACH_BYTE ((size_t)0x0101010101010101)
#else
#define MOVE_WORDS "rep movsl"
#define STORE_WORDS "rep stosl"
#define EACH_BYTE ((size_t)0x01010101)
#endif

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memmove(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);
int memcmp(const void *a, const void *b, size_t size_bytes);

void *memcpy(void *to, const void *from, size_t size_bytes)
{
	void *at = to;
	size_t words = size_bytes / sizeof(size_t), rest = size_bytes % sizeof(size_t);

	asm volatile(MOVE_WORDS : "+D"(at), "+S"(from), "+c"(words) : : "memory");
	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(rest) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t size_bytes)
{
	char *at = to;
	const char *source = from;

	if (at <= source || at >= source + size_bytes)
		return memcpy(to, from, size_bytes);
	at += size_bytes - 1;
	source += size_bytes - 1;
	asm volatile("std; rep movsb; cld" : "+D"(at), "+S"(source), "+c"(size_bytes) : : "memory");
	return to;
}

void *memset(void *to, int value, size_t size_bytes)
{
	void *at = to;
	size_t words = size_bytes / sizeof(size_t), rest = size_bytes % sizeof(size_t);
	size_t word = (unsigned char)value * EACH_BYTE;

	asm volatile(STORE_WORDS : "+D"(at), "+c"(words) : "a"(word) : "memory");
	asm volatile("rep stosb" : "+D"(at), "+c"(rest) : "a"(word) : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t size_bytes)
{
	const volatile unsigned char *left = a, *right = b;

	for (; size_bytes; size_bytes--, left++, right++)
		if (*left != *right)
			return *left - *right;
	return 0;
}
