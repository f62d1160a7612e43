/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/systemctl.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void systemctl(char *const *words)
{
	pid_t process;
	int status = 0;

	/* Without systemd, or in a chroot, there is none to call. */
	if (access("/run/systemd/system", F_OK))
		return;
	if (!posix_spawnp(&process, words[0], NULL, NULL, words, environ) && waitpid(process, &status, 0) == process && !status)
		return;
	fputs("khibernate: this failed, do it by hand:", stderr);
	for (size_t i = 0; words[i]; i++)
		fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
}
