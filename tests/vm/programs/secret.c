/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: secret
 *
 * Keeps a text in memory that the kernel itself cannot see (memfd_secret(2)), says so, and waits until it is killed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE 4096

int main(void)
{
#ifdef SYS_memfd_secret
	int fd = (int)syscall(SYS_memfd_secret, 0);
#else
	/* The same number on all architectures: include/uapi/asm-generic/unistd.h. */
	int fd = (int)syscall(447, 0);
#endif
	char *page = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, SIZE))
		page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		perror("secret");
		return 1;
	}
	strcpy(page, "a key");
	puts("a secret is there");
	fflush(stdout);
	pause();
	return 0;
}
