/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate enable, disable, and hibernate --sleep=: systemd's sleep operations by way of another kernel. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "hibernate/khibernate.h"
#include "hibernate/sleep_delay.h"
#include "hibernate/sleep_hooks.h"
#include "hibernate/sleep_units.h"
#include "hibernate/suspend.h"
#include "hibernate/systemctl.h"
#include "lib/base/alloc.h"

/* ---- enable, disable ----------------------------------------------------------- */

static void reload_systemd(void)
{
	static char *const words[] = { "systemctl", "daemon-reload", NULL };

	systemctl(words);
}

static struct error *own_path(char **ret_path)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length < 0)
		return error_errno(errno, "cannot find out the path of this program");
	path[length] = '\0';
	*ret_path = xstrdup(path);
	return NULL;
}

static struct error *check_systemd(void)
{
	if (access("/etc/systemd/system", F_OK))
		return error_new("there is no /etc/systemd/system: this is no system of systemd's. \"khibernate hibernate\" "
				 "needs none");
	return NULL;
}

struct error *khibernate_enable(struct invocation *invocation)
{
	AUTO_FREE char *program = NULL;
	struct error *error = invocation->has_config ? check_systemd() :
			      error_new("there is no %s: run \"khibernate setup --device=...\" first", invocation->config_path);

	if (!error)
		error = own_path(&program);
	if (!error)
		error = sleep_units_write("/", program);
	if (error)
		return error;
	reload_systemd();
	printf("enabled: systemctl hibernate, hybrid-sleep and suspend-then-hibernate are khibernate's\n"
	       "systemd-logind asks for no swap area from its next start on: at the next boot, or by \"systemctl restart "
	       "systemd-logind\"\n");
	return NULL;
}

struct error *khibernate_disable(struct invocation *invocation)
{
	bool removed;
	struct error *error = sleep_units_remove("/", &removed);

	(void)invocation;
	if (error)
		return error;
	if (removed)
		reload_systemd();
	printf(removed ? "disabled: systemctl hibernate is the kernel's own again\n" : "it was not enabled\n");
	return NULL;
}

/* ---- hibernate --sleep= -------------------------------------------------------- */

static const char *hooks_folder(void)
{
	return access(SLEEP_HOOKS_FOLDER, F_OK) ? SLEEP_HOOKS_FOLDER_OLD : SLEEP_HOOKS_FOLDER;
}

static struct error *between_hooks(const struct sleep_step *step, struct invocation *invocation,
				   struct error *(*sleep_now)(struct invocation *))
{
	sleep_hooks_run(hooks_folder(), "pre", step);

	struct error *error = sleep_now(invocation);

	sleep_hooks_run(hooks_folder(), "post", step);
	return error;
}

static struct error *suspend(struct invocation *invocation)
{
	(void)invocation;
	return suspend_to_memory("");
}

/* A timer that wakes the machine and counts while it is suspended; -1 for no end. */
static struct error *start_timer(uint64_t seconds, int *ret_fd)
{
	const struct itimerspec when = { .it_value.tv_sec = (time_t)(seconds ? seconds : 1) };
	int fd;

	*ret_fd = -1;
	if (seconds == UINT64_MAX)
		return NULL;
	fd = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd < 0 || timerfd_settime(fd, 0, &when, NULL)) {
		struct error *error = error_errno(errno, "cannot set a clock that wakes the machine for its hibernation");

		if (fd >= 0)
			close(fd);
		return error;
	}
	*ret_fd = fd;
	return NULL;
}

/* Closes the timer. */
static bool has_ended(int fd)
{
	uint64_t times;
	bool ended = fd >= 0 && read(fd, &times, sizeof(times)) == (ssize_t)sizeof(times);

	if (fd >= 0)
		close(fd);
	return ended;
}

/* Nobody may be there: a machine that does not hibernate must not stay awake until its battery is empty. */
static struct error *hibernate_or_suspend(struct invocation *invocation, const char *operation)
{
	struct error *error = between_hooks(&(struct sleep_step){ operation, "hibernate" }, invocation, khibernate_hibernate);

	if (!error)
		return NULL;
	fprintf(stderr, "khibernate: %s; suspending again\n", error_text(error));
	error_free(between_hooks(&(struct sleep_step){ operation, "suspend" }, invocation, suspend));
	return error;
}

/* Woken by the user before the time is over, it is done. */
static struct error *suspend_then_hibernate(struct invocation *invocation, const char *operation)
{
	int timer;
	struct error *error = start_timer(sleep_delay_seconds("/"), &timer);

	if (error)
		return error;
	error = between_hooks(&(struct sleep_step){ operation, "suspend" }, invocation, suspend);

	bool is_over = has_ended(timer);

	if (!error)
		return is_over ? hibernate_or_suspend(invocation, operation) : NULL;
	/* A machine that cannot suspend hibernates. */
	fprintf(stderr, "khibernate: %s; hibernating at once\n", error_text(error));
	error_free(error);
	return between_hooks(&(struct sleep_step){ operation, "hibernate" }, invocation, khibernate_hibernate);
}

static struct error *hybrid_sleep(struct invocation *invocation, const char *operation)
{
	struct error *error = khibernate_config_set(&invocation->config, "power", "suspend");

	return error ? error : between_hooks(&(struct sleep_step){ operation, operation }, invocation, khibernate_hibernate);
}

struct error *khibernate_sleep(struct invocation *invocation)
{
	const char *operation = invocation->sleep;

	if (!operation)
		return khibernate_hibernate(invocation);
	if (!strcmp(operation, "hibernate"))
		return between_hooks(&(struct sleep_step){ operation, operation }, invocation, khibernate_hibernate);
	if (!strcmp(operation, "hybrid-sleep"))
		return hybrid_sleep(invocation, operation);
	if (!strcmp(operation, "suspend-then-hibernate"))
		return suspend_then_hibernate(invocation, operation);
	return error_new("--sleep=%s is not one of hibernate, hybrid-sleep, suspend-then-hibernate", operation);
}
