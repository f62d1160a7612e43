/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that gcc and clang call on their own account in freestanding
 * code ("Standards" in the gcc manual). In assembly, because a loop might be
 * compiled into a call of the very function it is in.
 *
 * In blocks, as far as there are any: the placing program copies much of the
 * memory, and an emulated processor takes as long for one repetition of a string
 * instruction as for two pairs of a load and a store.
 */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size_bytes);
void *memmove(void *to, const void *from, size_t size_bytes);
void *memset(void *to, int value, size_t size_bytes);
int memcmp(const void *a, const void *b, size_t size_bytes);

#ifdef __x86_64__
#define BLOCK_BYTES 32
#define EACH_BYTE ((size_t)0x0101010101010101)

/* `count` > 0. Both advance the addresses. */
static void move_blocks(void **to, const void **from, size_t count)
{
	asm volatile("1:\n\t"
		     "movq (%[from]), %%r8\n\t"
		     "movq 8(%[from]), %%r9\n\t"
		     "movq 16(%[from]), %%r10\n\t"
		     "movq 24(%[from]), %%r11\n\t"
		     "movq %%r8, (%[to])\n\t"
		     "movq %%r9, 8(%[to])\n\t"
		     "movq %%r10, 16(%[to])\n\t"
		     "movq %%r11, 24(%[to])\n\t"
		     "addq $32, %[from]\n\t"
		     "addq $32, %[to]\n\t"
		     "decq %[count]\n\t"
		     "jnz 1b"
		     : [to] "+r"(*to), [from] "+r"(*from), [count] "+r"(count)
		     :
		     : "r8", "r9", "r10", "r11", "cc", "memory");
}

static void store_blocks(void **to, size_t word, size_t count)
{
	asm volatile("1:\n\t"
		     "movq %[word], (%[to])\n\t"
		     "movq %[word], 8(%[to])\n\t"
		     "movq %[word], 16(%[to])\n\t"
		     "movq %[word], 24(%[to])\n\t"
		     "addq $32, %[to]\n\t"
		     "decq %[count]\n\t"
		     "jnz 1b"
		     : [to] "+r"(*to), [count] "+r"(count)
		     : [word] "r"(word)
		     : "cc", "memory");
}
#else
/* There are registers for one word, as a string instruction has. */
#define BLOCK_BYTES 4
#define EACH_BYTE ((size_t)0x01010101)

static void move_blocks(void **to, const void **from, size_t count)
{
	asm volatile("rep movsl" : "+D"(*to), "+S"(*from), "+c"(count) : : "memory");
}

static void store_blocks(void **to, size_t word, size_t count)
{
	asm volatile("rep stosl" : "+D"(*to), "+c"(count) : "a"(word) : "memory");
}
#endif

void *memcpy(void *to, const void *from, size_t size_bytes)
{
	void *at = to;
	size_t rest = size_bytes % BLOCK_BYTES;

	if (size_bytes >= BLOCK_BYTES)
		move_blocks(&at, &from, size_bytes / BLOCK_BYTES);
	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(rest) : : "memory");
	return to;
}

/* A copy upwards may overlap: a block is read before it is written. */
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
	size_t rest = size_bytes % BLOCK_BYTES, word = (unsigned char)value * EACH_BYTE;

	if (size_bytes >= BLOCK_BYTES)
		store_blocks(&at, word, size_bytes / BLOCK_BYTES);
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
