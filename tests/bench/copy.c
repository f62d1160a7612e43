/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: copy FROM TO
 *
 * One memcpy from a mapped file into another, new one. With TO in memory
 * (/dev/shm) that is what nothing can do without that restores a snapshot there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int from = argc == 3 ? open(argv[1], O_RDONLY) : -1;
	int to = argc == 3 ? open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
	struct stat status;

	if (from < 0 || to < 0 || fstat(from, &status) || ftruncate(to, status.st_size)) {
		fputs("usage: copy FROM TO\n", stderr);
		return 1;
	}

	size_t size = (size_t)status.st_size;
	void *source = mmap(NULL, size, PROT_READ, MAP_SHARED, from, 0);
	void *target = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);

	if (source == MAP_FAILED || target == MAP_FAILED) {
		perror("copy: mmap");
		return 1;
	}
	memcpy(target, source, size);
	/* The compiler need not copy what nothing reads. */
	__asm__ volatile("" : : : "memory");
	return 0;
}
