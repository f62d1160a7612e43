/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/missing_disks.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/error.h"
#include "lib/khimage/khimage.h"
#include "lib/machine/step_clock.h"

/* Keys without Enter; false for a file or a pipe, which needs no such mode. */
static bool begin_keys(int fd, struct termios *ret_before)
{
	struct termios keys;

	if (tcgetattr(fd, ret_before))
		return false;
	keys = *ret_before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return !tcsetattr(fd, TCSAFLUSH, &keys);
}

/* The lower-case letter, or `usual` without an answer. */
static char read_key(int fd, unsigned int seconds, char usual)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	struct termios before;
	bool changed = begin_keys(fd, &before);
	char key = usual;

	if (poll(&wanted, 1, (int)seconds * 1000) != 1 || read(fd, &key, 1) != 1)
		key = usual;
	if (changed)
		tcsetattr(fd, TCSANOW, &before);
	return (char)tolower((unsigned char)key);
}

#define SECOND_US UINT64_C(1000000)

static uint64_t time_after(unsigned int seconds)
{
	return step_clock_now().running_us + seconds * SECOND_US;
}

/* Rounded up; 0: it is over. */
static unsigned int seconds_until(uint64_t end_us)
{
	uint64_t now_us = step_clock_now().running_us;

	return now_us < end_us ? (unsigned int)((end_us - now_us + SECOND_US - 1) / SECOND_US) : 0;
}

/*
 * Until a key with a meaning is pressed. `more`: the other meaning of w, or "". Keys without one give no more time: a
 * serial line may be noisy, or have another machine at its end.
 */
static char ask(const struct missing_disks *disks, int fd, const char *what, const char *more, char usual)
{
	uint64_t end_us = time_after(disks->seconds);

	for (;;) {
		unsigned int left = seconds_until(end_us);

		dprintf(fd, "khibernate: %s to try again; %sb boots on, and the saved system is lost; "
			"o switches off, and keeps it. In %u s: %c\n", what, more, left, usual);

		char key = left ? read_key(fd, left, usual) : usual;

		if (key == 'r' || key == 'b' || (key == 'w' && *more))
			return key;
		if (key == 'o') {
			disks->switch_off();
			end_us = time_after(disks->seconds);
		}
	}
}

#define HIDE_MILLISECONDS 3000
#define LOOK_MILLISECONDS 10

/* The program waits for its daemon without end, if that hangs. */
static void end_in_time(pid_t process)
{
	for (int passed = 0; passed < HIDE_MILLISECONDS; passed += LOOK_MILLISECONDS) {
		if (waitpid(process, NULL, WNOHANG))
			return;
		usleep(LOOK_MILLISECONDS * 1000);
	}
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

void hide_splash(void)
{
	static char *const words[] = { "plymouth", "hide-splash", NULL };
	pid_t process;

	if (!posix_spawnp(&process, words[0], NULL, NULL, words, environ))
		end_in_time(process);
}

enum filesystem_guard_answer missing_disks_ask(void *context, const char *why)
{
	const struct missing_disks *disks = context;
	int fd = disks->seconds ? open(disks->console, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;

	if (fd < 0)
		return FILESYSTEM_GUARD_GIVE_UP;
	AUTO_FREE char *text = xasprintf("a disk is missing that the saved system used: %s", why);

	disks->say(text);
	/*
	 * This kernel does not hang: however often it is switched off here, the boot after that is the first attempt. An ELF
	 * core counts none.
	 */
	error_free(khimage_forget_attempts(disks->snapshot));

	hide_splash();

	char key = ask(disks, fd, "plug it in, and press r",
		       "w resumes the saved system without it, as one of a RAID that died, and destroys what was "
		       "formatted since; ", 'b');

	close(fd);
	return key == 'r' ? FILESYSTEM_GUARD_AGAIN : key == 'w' ? FILESYSTEM_GUARD_WITHOUT : FILESYSTEM_GUARD_GIVE_UP;
}

bool missing_place_ask(const struct missing_disks *disks, const char *why)
{
	int fd = disks->seconds ? open(disks->console, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;

	if (fd < 0)
		return false;
	disks->say(why);
	hide_splash();

	char key = ask(disks, fd, "whether a snapshot waits there is not known: press r", "", 'b');

	close(fd);
	return key == 'r';
}

bool locked_snapshot_ask(const struct missing_disks *disks, const char *why)
{
	int fd = disks->seconds ? open(disks->console, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;

	disks->say(why);
	/* This kernel does not hang, and a wrong passphrase is no attempt. */
	error_free(khimage_forget_attempts(disks->snapshot));
	if (fd < 0)
		disks->switch_off();
	if (fd < 0)
		return false;
	hide_splash();

	char key = ask(disks, fd, "press r", "", 'o');

	close(fd);
	return key == 'r';
}
