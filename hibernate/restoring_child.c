/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/restoring_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hibernate/put_off.h"
#include "kexec/place/page_switches.h"
#include "kexec/plan/load_room.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/console.h"
#include "lib/base/file.h"
#include "lib/base/retry.h"
#include "lib/khimage/khimage.h"
#include "lib/machine/machine.h"

/* The highest one: include/uapi/linux/oom.h */

/* The reported text is an error's. */
#define TEXT_MAX 65536

/* The child's report: this byte, then the error's text; a restore without an error, as of --check, has none. */
enum report { REPORT_DONE = 'd', REPORT_THIS_KERNEL = 'k', REPORT_REFUSED = 'r' };

static void write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t written = TEMP_FAILURE_RETRY(write(fd, text, size));

		if (written <= 0)
			return;
		text += written;
		size -= (size_t)written;
	}
}

/* If the parent is killed, the boot continues, and a jump would come into it. */
static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(EXIT_FAILURE);
}

static _Noreturn void run_child(const struct restoring *restoring, pid_t parent, int fd)
{
	bool other_kernel = false;
	struct load_room room;

	put_off_none();
	die_with(parent);
	/* Best effort: without it, the largest process is the first one anyway, which is this. */
	load_room_begin(&room);

	struct error *error = restoring_run(restoring, &other_kernel);
	char kind = !error ? REPORT_DONE : other_kernel ? REPORT_THIS_KERNEL : REPORT_REFUSED;

	fflush(NULL);
	write_all(fd, &kind, 1);
	if (error)
		write_all(fd, error_text(error), strlen(error_text(error)));
	_exit(EXIT_SUCCESS);
}

/* Up to the end of the pipe, which is that of the child. What is to end this process ends the child meanwhile. */
static char *read_report(int fd, pid_t child)
{
	char *text = xcalloc(TEXT_MAX, 1);
	size_t size = 0;
	ssize_t count;

	do {
		put_off_pass_on(fd, child);
		count = TEMP_FAILURE_RETRY(read(fd, text + size, TEXT_MAX - 1 - size));
		size += count > 0 ? (size_t)count : 0;
	} while (size < TEXT_MAX - 1 && count > 0);
	return text;
}

static struct error *describe_end(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return error_new("the process that did so was killed, most likely for lack of memory");
	if (WIFSIGNALED(status))
		return error_new("the process that did so died of signal %d (%s)", WTERMSIG(status),
				 strsignal(WTERMSIG(status)));
	return error_new("the process that did so ended without a reason, with status %d", WEXITSTATUS(status));
}

/* The facts before the child's work. */
struct before {
	struct khimage_superblock superblock; /* state 0: no khimage */
	struct page_switches switches;
	struct terminal_mode terminal; /* a killed child leaves it without echo */
};

/*
 * This process exists, so the saved kernel was not entered: where it is, this kernel is no more. A mark that the child
 * made is therefore wrong.
 */
static struct error *take_mark_back(const struct restoring *restoring, const struct before *before)
{
	struct khimage_superblock now = { 0 };
	struct error *error;

	if (before->superblock.state != KHIMAGE_COMMITTED)
		return NULL;
	error = khimage_read_state(restoring->snapshot, &now, NULL);
	if (error || now.state != KHIMAGE_USED || now.image_id != before->superblock.image_id)
		return error;
	return khimage_set_state(restoring->snapshot, KHIMAGE_COMMITTED);
}

static struct error *clean_up(const struct restoring *restoring, const struct before *before)
{
	const struct arch *arch;
	struct error *error = machine_arch("/", &arch);

	page_switches_restore(&before->switches);
	/* First of all nothing may be loaded that jumps to memory which is free by now. */
	if (!error)
		error = sys_kexec_unload(arch, false);
	return error ? error : take_mark_back(restoring, before);
}

/* The child did not report. */
static struct error *try_window(const struct restoring *restoring, struct before *before, int status,
				bool *ret_other_kernel)
{
	struct error *end = describe_end(status);
	bool was_ended = WIFSIGNALED(status) && put_off_is_ending(WTERMSIG(status));
	struct restoring by_window = *restoring;

	terminal_mode_end(&before->terminal, true);
	struct error *error = clean_up(restoring, before);

	*ret_other_kernel = !error && !was_ended;
	if (error) {
		error = error_prefix(error, "%s. And what it left cannot be removed", error_text(end));
		error_free(end);
		return error;
	}
	if (was_ended)
		return error_prefix(end, "not restored");
	if (restoring->method == RESTORING_PLACE)
		return error_prefix(end, "this kernel cannot restore it by placement");
	/* Nothing is left that has to be taken back. */
	put_off_none();
	by_window.method = RESTORING_WINDOW;
	error = restoring_run(&by_window, ret_other_kernel);
	/* It never returns without one. */
	return restoring_neither_way(end, error);
}

static struct error *judge(const struct restoring *restoring, struct before *before, int status,
			   const char *report, bool *ret_other_kernel)
{
	*ret_other_kernel = report[0] == REPORT_THIS_KERNEL;
	if (!report[0])
		return try_window(restoring, before, status, ret_other_kernel);
	return report[0] == REPORT_DONE ? NULL : error_new("%s", report + 1);
}

static struct error *run_and_wait(const struct restoring *restoring, struct before *before, bool *ret_other_kernel)
{
	int ends[2], status = 0;
	pid_t parent = getpid();

	/* The child is a safeguard: without one, this process restores the snapshot. */
	if (pipe2(ends, O_CLOEXEC) < 0)
		return restoring_run(restoring, ret_other_kernel);
	fflush(NULL);
	/* It takes back what the child leaves. */
	AUTO_PUT_OFF struct put_off put_off = put_off_begin();
	pid_t child = fork();

	if (!child)
		run_child(restoring, parent, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return restoring_run(restoring, ret_other_kernel);
	}

	AUTO_FREE char *report = read_report(ends[0], child);

	TEMP_FAILURE_RETRY(waitpid(child, &status, 0));
	close(ends[0]);

	struct error *error = judge(restoring, before, status, report, ret_other_kernel);

	/* The reason of the child's end is reported, and so this process ends. */
	error_free(put_off_check());
	return error;
}

struct error *restoring_run_in_child(const struct restoring *restoring, bool *ret_other_kernel)
{
	struct before before = { 0 };
	struct error *error;

	if (restoring->check_only || restoring->memory || restoring->method == RESTORING_WINDOW)
		return restoring_run(restoring, ret_other_kernel);
	*ret_other_kernel = false;
	error_free(khimage_read_state(restoring->snapshot, &before.superblock, NULL));
	page_switches_read(&before.switches);
	terminal_mode_keep(&before.terminal, restoring->console);
	error = run_and_wait(restoring, &before, ret_other_kernel);
	terminal_mode_end(&before.terminal, false);
	page_switches_deinit(&before.switches);
	return error;
}
