/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that gcc and clang call on their own account in freestanding
 * code ("Standards" in the gcc manual). String instructions, because a loop
 * might be compiled into a call of the very function it is in.
 */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memmove(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);
int memcmp(const void *a, const void *b, size_t size_bytes);

void *memcpy(void *to, const void *from, size_t size_bytes)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size_bytes) : : "memory");
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

	asm volatile("rep stosb" : "+D"(at), "+c"(size_bytes) : "a"(value) : "memory");
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
