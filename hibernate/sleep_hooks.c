/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/sleep_hooks.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"

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
	AUTO_FOLDER_NAMES struct folder_names programs = { 0 };
	int count = 0;

	/* Names of backup files are hidden. */
	folder_names_add(&programs, "/", folder, is_visible_name);
	for (size_t i = 0; i < programs.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, programs.names[i]);

		if (is_program_file(path) && start(path, when, step))
			count++;
	}
	while (count--)
		wait_for_one();
}
