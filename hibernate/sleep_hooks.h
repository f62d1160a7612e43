/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that systemd-sleep runs before and after a sleep (systemd-sleep(8)): all executable files of a folder,
 * at once, each with "pre" or "post" and the operation. Their failures change nothing.
 */
#ifndef KJ_SLEEP_HOOKS_H
#define KJ_SLEEP_HOOKS_H

/* systemd's folder; distributions without a merged /usr have it in /lib. */
#define SLEEP_HOOKS_FOLDER "/usr/lib/systemd/system-sleep"
#define SLEEP_HOOKS_FOLDER_OLD "/lib/systemd/system-sleep"

/* As systemd (DEFAULT_TIMEOUT_USEC); a program that runs longer gets SIGALRM. */
#define SLEEP_HOOKS_SECONDS 90

/* One sleep. `operation` is that of the unit, `action` what happens now ($SYSTEMD_SLEEP_ACTION). */
struct sleep_step {
	const char *operation, *action;
};

/* Runs them and waits until all have ended. `when` is "pre" or "post". A missing folder has no programs. */
void sleep_hooks_run(const char *folder, const char *when, const struct sleep_step *step);

#endif
