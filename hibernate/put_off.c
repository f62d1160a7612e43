/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/put_off.h"

#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/alloc.h"

/* An ignored one, as by nohup(1), ends nothing, but would wait while it is blocked (kernel/signal.c, sig_ignored). */
static bool ends(int signal_number)
{
	struct sigaction action;

	return !sigaction(signal_number, NULL, &action) && action.sa_handler != SIG_IGN;
}

static sigset_t ending_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
		if (ends(numbers[i]))
			sigaddset(&signals, numbers[i]);
	return signals;
}

struct put_off put_off_begin(void)
{
	const sigset_t signals = ending_signals();
	struct put_off put_off = { 0 };

	sigprocmask(SIG_BLOCK, &signals, &put_off.before);
	return put_off;
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

void put_off_pass_on(int fd, pid_t process)
{
	const sigset_t signals = ending_signals();
	struct pollfd waits[] = { { .fd = fd, .events = POLLIN },
				  { .fd = signalfd(-1, &signals, SFD_CLOEXEC), .events = POLLIN } };

	/* A descriptor below 0 is left out. */
	while (poll(waits, 2, -1) >= 0 && !waits[0].revents) {
		struct signalfd_siginfo info;

		if (read(waits[1].fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
			kill(process, (int)info.ssi_signo);
	}
	if (waits[1].fd >= 0)
		close(waits[1].fd);
}

bool put_off_is_ending(int signal_number)
{
	const sigset_t signals = ending_signals();

	return sigismember(&signals, signal_number);
}

void put_off_none(void)
{
	const sigset_t signals = ending_signals();

	sigprocmask(SIG_UNBLOCK, &signals, NULL);
}
