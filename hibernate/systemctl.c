/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/systemctl.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

bool systemd_runs(const char *root)
{
	AUTO_FREE char *folder = path_below(root, "/run/systemd/system");

	return !access(folder, F_OK);
}

void systemctl(char *const *words)
{
	pid_t process;
	int status = 0;

	/* Without systemd, or in a chroot, there is none to call. */
	if (!systemd_runs("/"))
		return;
	if (!posix_spawnp(&process, words[0], NULL, NULL, words, environ) && waitpid(process, &status, 0) == process && !status)
		return;
	fputs("khibernate: this failed, do it by hand:", stderr);
	for (size_t i = 0; words[i]; i++)
		fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
}
