/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: new_memory MIB
 *
 * Takes so much memory of the kernel and looks whether every byte of it is zero,
 * as the kernel promises. With init_on_free=1 it does not clear what it gives
 * away: what was in its free pages is what the program gets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u

/* The first byte is what makes the kernel give a page. */
static int is_zero_but_first(const unsigned char *page)
{
	return !page[1] && !memcmp(page + 1, page + 2, PAGE - 2);
}

int main(int argc, char **argv)
{
	size_t size = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) << 20 : 0, bad = 0;
	unsigned char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("new_memory: mmap");
		return 1;
	}
	for (size_t at = 0; at < size; at += PAGE) {
		memory[at] = 1;
		bad += !is_zero_but_first(memory + at);
	}
	printf("new_memory: %zu of %zu new pages are not zero\n", bad, size / PAGE);
	return bad != 0;
}
