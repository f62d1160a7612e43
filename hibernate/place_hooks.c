/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/place_hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hibernate/encryption.h"
#include "hibernate/put_off.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

/* A network may need a while; a program that hangs must not keep a machine from booting, or A from going on. */
#define SECONDS_MAX 60
#define WAIT_MICROSECONDS 5000
#define TRIES_MAX (SECONDS_MAX * (1000000 / WAIT_MICROSECONDS))

/* ---- which ---- */

/* Not hidden, and no copy that an editor or a package manager has left. */
static bool is_name(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && name[length - 1] != '~' && !strstr(name, ".dpkg-") && !strstr(name, ".rpm");
}

/* The paths of the programs in the folder, in order. */
static void find_programs(const char *folder, struct folder_names *ret_programs)
{
	size_t count = 0;

	folder_names_add(ret_programs, "/", folder, is_name);
	for (size_t i = 0; i < ret_programs->count; i++) {
		AUTO_FREE char *name = ret_programs->names[i];
		AUTO_FREE char *path = xasprintf("%s/%s", folder, name);

		if (is_program_file(path))
			ret_programs->names[count++] = TAKE_PTR(path);
	}
	ret_programs->count = count;
}

static char *folder_of(const struct invocation *invocation)
{
	AUTO_FREE char *folder = encryption_folder(invocation);

	return xasprintf("%s/hooks.d", folder);
}

void place_hooks_find(const struct invocation *invocation, struct folder_names *ret_programs)
{
	AUTO_FREE char *folder = folder_of(invocation);

	find_programs(folder, ret_programs);
}

bool place_hooks_are_there(const struct invocation *invocation)
{
	AUTO_FOLDER_NAMES struct folder_names programs = { 0 };

	place_hooks_find(invocation, &programs);
	return programs.count > 0;
}

/* Root runs it. */
static struct error *check_owner(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return error_errno(errno, "cannot check who can change %s", path);
	if (status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)))
		return NULL;
	return error_new("users other than root can change %s, which root would run: chown root, chmod go-w", path);
}

/* ---- calling one ---- */

/* In the new process. The signal for all of its group also reaches the programs that it has started. */
static void run(const char *path, const char *verb, int output)
{
	int nothing = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		_exit(126);
	execl(path, path, verb, (char *)NULL);
	perror(path);
	_exit(127);
}

/* False: it took too long, and was killed. */
static bool wait_for(pid_t process, int *ret_status)
{
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		if (waitpid(process, ret_status, WNOHANG) == process)
			return true;
		usleep(WAIT_MICROSECONDS);
	}
	kill(-process, SIGKILL);
	kill(process, SIGKILL);
	waitpid(process, ret_status, 0);
	return false;
}

#define OUTPUT_SHOWN 4096

/* Prints what the program has printed, and returns its last line; heap. A server that it has left running holds the file. */
static char *show_output(int output)
{
	char text[OUTPUT_SHOWN + 1];
	off_t end = lseek(output, 0, SEEK_END);
	ssize_t length = pread(output, text, OUTPUT_SHOWN, end > OUTPUT_SHOWN ? end - OUTPUT_SHOWN : 0);
	char *last = xstrdup("it gave no reason"), *line;
	const char *cursor = text;

	text[length > 0 ? length : 0] = '\0';
	fputs(text, stderr);
	while ((line = next_line(&cursor))) {
		if (*line) {
			free(last);
			last = line;
		} else {
			free(line);
		}
	}
	return last;
}

static struct error *judge(const char *path, const char *verb, bool ended, int status, const char *reason)
{
	if (!ended)
		return error_new("%s %s did not end within %d seconds: %s", path, verb, SECONDS_MAX, reason);
	if (WIFSIGNALED(status))
		return error_new("%s %s was ended by signal %d: %s", path, verb, WTERMSIG(status), reason);
	if (WEXITSTATUS(status))
		return error_new("%s %s failed, exit status %d: %s", path, verb, WEXITSTATUS(status), reason);
	return NULL;
}

static struct error *call(const char *path, const char *verb)
{
	struct error *error = check_owner(path);
	int output = error ? -1 : memfd_create("output", MFD_CLOEXEC), status = 0;

	if (error)
		return error;
	if (output < 0)
		return error_errno(errno, "cannot keep what %s prints", path);
	/* What is buffered must not be written twice. */
	fflush(NULL);

	pid_t process = fork();

	if (!process) {
		put_off_none();
		run(path, verb, output);
	}

	bool ended = process > 0 && wait_for(process, &status);
	AUTO_FREE char *reason = show_output(output);

	close(output);
	if (process < 0)
		return error_errno(errno, "cannot start %s", path);
	return judge(path, verb, ended, status, reason);
}

/* ---- all of them ---- */

/* The first `count` of them. */
static struct error *close_some(const struct folder_names *programs, size_t count)
{
	struct error *first = NULL;

	while (count--) {
		struct error *error = call(programs->names[count], "close");

		if (first)
			error_free(error);
		else
			first = error;
	}
	return first;
}

static struct error *open_all(const char *folder, const struct folder_names *programs)
{
	struct error *error = programs->count ? check_owner(folder) : NULL;

	for (size_t i = 0; !error && i < programs->count; i++) {
		error = call(programs->names[i], "open");
		if (error)
			error_free(close_some(programs, i));
	}
	return error;
}

/*
 * A disk that is found starts "khibernate expire" (systemd/65-khibernate.rules.in), and the first open of a place may make
 * some. On a file system without locks there is none.
 */
static struct error *lock(struct place_hooks *hooks, const char *folder)
{
	if (!hooks->lock)
		hooks->lock = opendir(folder);
	for (int tries = 0; hooks->lock && flock(dirfd(hooks->lock), LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK; tries++) {
		/* Half of a program's time: without systemd, udevadm settle in one waits for that command. */
		if (tries == TRIES_MAX / 2)
			return error_new("another khibernate has the place of the snapshot open, by %s: try again when it has ended",
					 folder);
		usleep(WAIT_MICROSECONDS);
	}
	errno = 0;
	return NULL;
}

struct error *place_hooks_open(struct place_hooks *hooks, const struct invocation *invocation)
{
	AUTO_FREE char *folder = folder_of(invocation);
	AUTO_FOLDER_NAMES struct folder_names programs = { 0 };

	find_programs(folder, &programs);

	struct error *error = programs.count ? lock(hooks, folder) : NULL;

	if (!error)
		error = open_all(folder, &programs);

	if (!error && programs.count)
		hooks->folder = TAKE_PTR(folder);
	return error;
}

#define OPENS_MAX 4
#define OPEN_PAUSE_SECONDS 3

struct error *place_hooks_open_again(struct place_hooks *hooks, const struct invocation *invocation, const char *device)
{
	struct error *error = place_hooks_open(hooks, invocation);

	for (int opens = 1; error && opens < OPENS_MAX; opens++) {
		error_free(error);
		sleep(OPEN_PAUSE_SECONDS);
		error = place_hooks_open(hooks, invocation);
	}
	return error_prefix(error, "whether this kernel was saved is not known, and a snapshot of it on %s must NOT be resumed: "
			    "\"khibernate cancel\" gives it up, when the place can be opened", device);
}

struct error *place_hooks_close(struct place_hooks *hooks)
{
	AUTO_FREE char *folder = TAKE_PTR(hooks->folder);
	AUTO_FOLDER_NAMES struct folder_names programs = { 0 };

	if (!folder)
		return NULL;
	find_programs(folder, &programs);
	return close_some(&programs, programs.count);
}

void place_hooks_deinit(struct place_hooks *hooks)
{
	struct error *error = place_hooks_close(hooks);

	if (error)
		fprintf(stderr, "khibernate: %s\n", error_text(error));
	error_free(error);
	if (!hooks->lock)
		return;
	/* A process that was forked meanwhile has it as well. */
	(void)flock(dirfd(hooks->lock), LOCK_UN);
	closedir(hooks->lock);
	hooks->lock = NULL;
}

struct error *place_hooks_call(const char *verb)
{
	const struct invocation usual = { .config_path = KHIBERNATE_CONFIG_PATH };
	AUTO_FREE char *folder = folder_of(&usual);
	AUTO_FOLDER_NAMES struct folder_names programs = { 0 };

	find_programs(folder, &programs);
	if (!strcmp(verb, "open"))
		return open_all(folder, &programs);
	if (!strcmp(verb, "close"))
		return close_some(&programs, programs.count);
	return error_new("\"%s\" is neither open nor close", verb);
}
