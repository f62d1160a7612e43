/* SPDX-License-Identifier: GPL-2.0-only */
/* The question for a missing disk, on a terminal of which the test holds the other end. */
#include "hibernate/missing_disks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

static int said_count, off_count;

static void say(const char *text)
{
	said_count += strstr(text, "ext4 \"home\"") != NULL;
}

static void switch_off(void)
{
	off_count++;
}

/* Presses a key of `keys` after each question. */
static void press(int terminal, const char *keys)
{
	char text[512];
	size_t length = 0;

	while (*keys) {
		ssize_t got = read(terminal, text + length, sizeof(text) - 1 - length);

		if (got <= 0)
			_exit(1);
		length += (size_t)got;
		text[length] = '\0';
		if (!strstr(text, "s: b"))
			continue;
		length = 0;
		/* The question clears what was typed before it. */
		usleep(50000);
		if (write(terminal, keys++, 1) != 1)
			_exit(1);
	}
	usleep(200000);
	_exit(0);
}

static int ask_for_disks(struct missing_disks *disks)
{
	return (int)missing_disks_ask(disks, "ext4 \"home\" on /dev/sdb1");
}

static int ask_for_place(struct missing_disks *disks)
{
	disks->snapshot = NULL;
	return missing_place_ask(disks, "hooks.d/nbd open failed: ext4 \"home\"");
}

static int answer_to(int question(struct missing_disks *disks), const char *keys, unsigned int seconds)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		return false;

	struct missing_disks disks = { .snapshot = "/nonexistent", .console = ptsname(terminal), .seconds = seconds, .say = say,
				       .switch_off = switch_off };
	pid_t user = fork();

	if (!user)
		press(terminal, keys);

	int again = question(&disks);

	close(terminal);
	waitpid(user, NULL, 0);
	return again;
}

static int answer(const char *keys, unsigned int seconds)
{
	return answer_to(ask_for_disks, keys, seconds);
}

/* Where plymouth waits for a daemon that does not answer. */
static void test_splash(void)
{
	char folder[] = "/tmp/kexec-jump-XXXXXX", program[sizeof(folder) + 16];
	FILE *file = NULL;

	if (mkdtemp(folder)) {
		snprintf(program, sizeof(program), "%s/plymouth", folder);
		file = fopen(program, "w");
	}
	if (!file)
		exit(1);
	fputs("#!/bin/sh\nexec /bin/sleep 30\n", file);
	fclose(file);
	chmod(program, 0700);
	setenv("PATH", folder, 1);

	time_t begun = time(NULL);

	hide_splash();
	ok(time(NULL) - begun < 20, "a splash screen that hangs is not waited for");
	unlink(program);
	rmdir(folder);
}

int main(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (terminal < 0) {
		puts("1..0 # SKIP there are no pseudo terminals");
		return 0;
	}
	close(terminal);
	ok(answer("r", 20) == FILESYSTEM_GUARD_AGAIN, "r: try again");
	ok(answer("w", 20) == FILESYSTEM_GUARD_WITHOUT, "w: resume without it");
	ok(said_count == 2, "what is missing is reported");
	ok(!answer("b", 20), "b: boot without the saved system");
	ok(answer("xyR", 20), "other keys have no meaning, capitals have the same");
	ok(off_count == 0, "none of them switches off");
	ok(!answer("ob", 20), "a machine that stays on is asked again");
	ok(off_count == 1, "o: switch off");
	ok(!answer("", 1), "no answer: boot");

	time_t begun = time(NULL);
	static const char noise[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

	ok(!answer(noise, 1) && time(NULL) - begun < 4, "keys without a meaning give no more time");
	said_count = 0;
	ok(!answer("", 0), "no time for an answer: boot");
	ok(said_count == 0, "and no question");
	ok(answer_to(ask_for_place, "r", 20), "the place is away, r: try again");
	ok(said_count == 1, "the reason is reported");
	ok(!answer_to(ask_for_place, "wb", 20), "b: boot on; there is nothing to resume without it");
	ok(!answer_to(ask_for_place, "", 1), "no answer: boot on");
	ok(!answer_to(ask_for_place, "", 0), "no time for an answer: boot on");

	struct missing_disks nowhere = { .snapshot = "/nonexistent", .console = "/nonexistent", .seconds = 20, .say = say,
					 .switch_off = switch_off };

	ok(!missing_disks_ask(&nowhere, "ext4 \"home\""), "no console: boot");
	test_splash();
	return tap_done();
}
