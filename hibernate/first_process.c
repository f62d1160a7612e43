/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/first_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/machine/machine.h"
#include "purgatory/cmdline_entry.h"

#define SHELL "/bin/busybox"
#define SCRIPT "/khibernate/init"

/* The script loads these, in its order. */
#define MODULES "/khibernate/modules"

/* A kernel may lack one, and the kernel may have mounted another: the script's commands print what they miss. */
static void mount_all(void)
{
	static const struct {
		const char *type, *folder;
	} mounts[] = { { "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" }, { "tmpfs", "/run" } };

	for (size_t i = 0; i < ARRAY_COUNT(mounts); i++)
		(void)!mount(mounts[i].type, mounts[i].folder, mounts[i].type, 0, NULL);
}

bool first_process_is_ordinary(const char *cmdline)
{
	return !strstr(cmdline, JUMP_BACK_ENTRY_KEY) && !strstr(cmdline, "go_to_");
}

static bool is_for_resume(void)
{
	AUTO_FREE char *cmdline = NULL;
	struct error *error = machine_cmdline("/", &cmdline);
	bool is_ordinary = !error && first_process_is_ordinary(cmdline);

	error_free(error);
	return is_ordinary && access(MODULES, F_OK) != 0;
}

/* In a child: whatever ends it, the boot goes on. False: there was none. */
static bool resume_in_child(int (*khibernate)(int argc, char **argv))
{
	char *arguments[] = { "khibernate", "resume", "--boot", NULL };
	pid_t child = fork();
	int status;

	if (!child)
		exit(khibernate((int)ARRAY_COUNT(arguments) - 1, arguments));
	if (child > 0)
		(void)!TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
	return child > 0;
}

int first_process(int (*khibernate)(int argc, char **argv))
{
	bool was_tried;

	/* The kernel gives none. */
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	mount_all();
	was_tried = is_for_resume() && resume_in_child(khibernate);
	execl(SHELL, "sh", SCRIPT, was_tried ? "tried" : NULL, NULL);
	perror(SHELL);
	return EXIT_FAILURE;
}
