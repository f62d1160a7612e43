/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/passphrase_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hibernate/systemctl.h"
#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/base/secret.h"
#include "lib/machine/step_clock.h"

/* A program that is running; `output` is the end of a pipe. */
struct running {
	pid_t process;
	int output;
};

/* False: it is not on the path. Its standard output goes to `pipe_end`. */
static bool start(char *const words[], int pipe_end, pid_t *ret_process)
{
	posix_spawn_file_actions_t actions;
	bool started;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipe_end, STDOUT_FILENO);
	started = !posix_spawnp(ret_process, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return started;
}

static bool start_reading(char *const words[], struct running *ret_running)
{
	int ends[2];
	bool started;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	started = start(words, ends[1], &ret_running->process);
	close(ends[1]);
	if (!started)
		close(ends[0]);
	ret_running->output = ends[0];
	return started;
}

/* Whether it ended with status 0. */
static bool end(const struct running *running)
{
	int status = 0;

	close(running->output);
	return TEMP_FAILURE_RETRY(waitpid(running->process, &status, 0)) == running->process && !status;
}

/* False: no output, nor its end, in that many seconds (0: any time). */
static bool has_answered(const struct running *running, unsigned int seconds)
{
	struct pollfd wanted = { .fd = running->output, .events = POLLIN };

	return TEMP_FAILURE_RETRY(poll(&wanted, 1, seconds ? (int)seconds * 1000 : -1)) != 0;
}

static struct error *no_answer(const char *program, unsigned int seconds)
{
	return error_new("no passphrase was given to %s in %u s", program, seconds);
}

static struct error *run(char *const words[], unsigned int seconds, char **ret_passphrase)
{
	struct running running;
	AUTO_SECRET char *passphrase = NULL;

	if (!start_reading(words, &running))
		return NULL;
	if (!has_answered(&running, seconds)) {
		kill(running.process, SIGTERM);
		(void)end(&running);
		return no_answer(words[0], seconds);
	}

	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", running.output);
	struct error *error = passphrase_read(path, &passphrase);

	/* Without an agent, or if the user gave no answer. */
	if (end(&running) && !error)
		*ret_passphrase = TAKE_PTR(passphrase);
	error_free(error);
	return NULL;
}

#define PING_SECONDS 3

/* Whether its daemon runs, and does not hang: the program would wait for it without end. */
static bool plymouth_answers(void)
{
	char *const words[] = { "plymouth", "--ping", NULL };
	struct running running;

	if (!start_reading(words, &running))
		return false;
	if (!has_answered(&running, PING_SECONDS))
		kill(running.process, SIGKILL);
	return end(&running);
}

struct error *passphrase_program_ask(const char *root, const char *prompt, unsigned int seconds, char **ret_passphrase)
{
	AUTO_FREE char *shown = xasprintf("--prompt=%s", prompt);
	AUTO_FREE char *text = xstrdup(prompt), *timeout = xasprintf("--timeout=%u", seconds);
	/* Its own time ends first, so that it takes its question back. It keeps nothing: --keyname is not given. */
	char *const systemd[] = { "systemd-ask-password", "--id=khibernate:snapshot", "--icon=drive-harddisk", timeout, text,
				  NULL };
	char *const plymouth[] = { "plymouth", "ask-for-password", shown, NULL };
	unsigned int later = seconds ? seconds + 5 : 0;
	const uint64_t end_us = step_clock_now().running_us + seconds * UINT64_C(1000000);
	struct error *error = NULL;

	*ret_passphrase = NULL;
	if (systemd_runs(root))
		error = run(systemd, later, ret_passphrase);
	/* Another question would only take that time once more. */
	if (!error && !*ret_passphrase && seconds && step_clock_now().running_us >= end_us)
		error = no_answer(systemd[0], seconds);
	if (!error && !*ret_passphrase && plymouth_answers())
		error = run(plymouth, seconds, ret_passphrase);
	return error;
}
