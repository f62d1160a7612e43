/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/put_off.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

static sigset_t ending_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	return signals;
}

void put_off_begin(struct put_off *put_off)
{
	const sigset_t signals = ending_signals();

	sigprocmask(SIG_BLOCK, &signals, &put_off->before);
}

void put_off_end(struct put_off *put_off)
{
	sigprocmask(SIG_SETMASK, &put_off->before, NULL);
}

struct error *put_off_check(void)
{
	const sigset_t signals = ending_signals();
	const struct timespec now = { 0 };
	int number = sigtimedwait(&signals, NULL, &now);

	return number > 0 ? error_new("nothing is saved: this process was to end (%s)", strsignal(number)) : NULL;
}

void put_off_none(void)
{
	const sigset_t signals = ending_signals();

	sigprocmask(SIG_UNBLOCK, &signals, NULL);
}
