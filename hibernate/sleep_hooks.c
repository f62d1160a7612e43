/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/sleep_hooks.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/alloc.h"

/* Not hidden, as names of backup files are. */
static bool is_program(const char *path, const char *name)
{
	struct stat status;

	return *name != '.' && !stat(path, &status) && S_ISREG(status.st_mode) && !access(path, X_OK);
}

/* In the new process; an alarm outlives exec. */
static void run(const char *path, const char *when, const struct sleep_step *step)
{
	setenv("SYSTEMD_SLEEP_ACTION", step->action, 1);
	alarm(SLEEP_HOOKS_SECONDS);
	execl(path, path, when, step->operation, (char *)NULL);
	perror(path);
	_exit(127);
}

/* Whether a process was started. */
static bool start(const char *path, const char *when, const struct sleep_step *step)
{
	/* What is buffered must not be written twice. */
	fflush(NULL);

	pid_t process = fork();

	if (!process)
		run(path, when, step);
	if (process < 0)
		perror("khibernate: cannot start a program of system-sleep");
	return process > 0;
}

static void wait_for_one(void)
{
	int status;
	pid_t process = wait(&status);

	if (process > 0 && status)
		fprintf(stderr, "khibernate: a program of system-sleep (process %d) failed: %s %d\n", (int)process,
			WIFSIGNALED(status) ? "signal" : "exit status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

void sleep_hooks_run(const char *folder, const char *when, const struct sleep_step *step)
{
	DIR *programs = opendir(folder);
	const struct dirent *entry;
	int count = 0;

	if (!programs)
		return;
	while ((entry = readdir(programs))) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, entry->d_name);

		if (is_program(path, entry->d_name) && start(path, when, step))
			count++;
	}
	closedir(programs);
	while (count--)
		wait_for_one();
}
