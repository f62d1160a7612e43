/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: search_memory HEX
 *
 * Prints how often a text is in this kernel's memory, by /proc/kcore. Each byte of the text is given exclusive-or 0xa5,
 * and stays so: the search does not find itself.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MASK 0xa5
#define PART_BYTES (1u << 20)
#define TEXT_MAX 64

static unsigned char text[TEXT_MAX], part[PART_BYTES + TEXT_MAX];
static size_t length;

/* How often the text begins in the first `size` bytes. */
static unsigned long count_in(size_t size)
{
	unsigned long found = 0;

	for (size_t at = 0; at + length <= size; at++) {
		size_t same = 0;

		while (same < length && (part[at + same] ^ MASK) == text[same])
			same++;
		found += same == length;
	}
	return found;
}

static unsigned long search(int core, unsigned long long offset, unsigned long long size)
{
	unsigned long found = 0;

	for (unsigned long long at = 0; at < size; at += PART_BYTES) {
		size_t wanted = size - at < sizeof(part) ? (size_t)(size - at) : sizeof(part);
		ssize_t got = pread(core, part, wanted, (off_t)(offset + at));

		/* Of what overlaps the next part only the beginning counts here. */
		if (got > (ssize_t)(PART_BYTES + length - 1))
			got = (ssize_t)(PART_BYTES + length - 1);
		if (got > 0)
			found += count_in((size_t)got);
	}
	return found;
}

int main(int argc, char **argv)
{
	int core = open("/proc/kcore", O_RDONLY);
	unsigned char head[sizeof(Elf64_Ehdr)];
	unsigned long found = 0;
	unsigned long long total = 0;

	for (const char *at = argc == 2 ? argv[1] : ""; at[0] && at[1] && length < TEXT_MAX; at += 2) {
		const char digits[] = { at[0], at[1], 0 };

		text[length++] = (unsigned char)strtoul(digits, NULL, 16);
	}
	if (!length || core < 0 || pread(core, head, sizeof(head), 0) != sizeof(head))
		return 1;
	if (head[EI_CLASS] == ELFCLASS64) {
		Elf64_Ehdr *elf = (void *)head;

		for (int i = 0; i < elf->e_phnum; i++) {
			Elf64_Phdr segment;

			if (pread(core, &segment, sizeof(segment), (off_t)(elf->e_phoff + (unsigned)i * sizeof(segment))) !=
				    sizeof(segment) ||
			    segment.p_type != PT_LOAD || segment.p_paddr == (Elf64_Addr)-1)
				continue;
			found += search(core, segment.p_offset, segment.p_filesz);
			total += segment.p_filesz;
		}
	} else {
		Elf32_Ehdr *elf = (void *)head;

		for (int i = 0; i < elf->e_phnum; i++) {
			Elf32_Phdr segment;

			if (pread(core, &segment, sizeof(segment), (off_t)(elf->e_phoff + (unsigned)i * sizeof(segment))) !=
				    sizeof(segment) ||
			    segment.p_type != PT_LOAD || segment.p_paddr == (Elf32_Addr)-1)
				continue;
			found += search(core, segment.p_offset, segment.p_filesz);
			total += segment.p_filesz;
		}
	}
	printf("%lu in %llu MiB\n", found, total >> 20);
	return 0;
}
