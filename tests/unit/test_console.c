/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal for progress: its line, Escape, and the question. */
#include "lib/base/console.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/error.h"
#include "lib/base/progress.h"
#include "tests/tap.h"

#define MIB (UINT64_C(1) << 20)

/* The user's end of a new terminal. */
static int make_terminal(struct console *console, const char *question)
{
	int user = posix_openpt(O_RDWR | O_NOCTTY);

	if (user < 0 || grantpt(user) || unlockpt(user)) {
		perror("a terminal for the test");
		exit(1);
	}
	console_open(console, ptsname(user), "saving", question);
	return user;
}

static void press(int user, const char *keys)
{
	if (write(user, keys, strlen(keys)) != (ssize_t)strlen(keys))
		diag("the keys could not be pressed");
}

/* As if keys had not been looked for just now. */
static bool is_cancelled(struct console *console)
{
	console->looked = 0;
	return console_is_cancelled(console);
}

static void test_escape(void)
{
	struct console console;
	int user = make_terminal(&console, NULL);

	ok(!is_cancelled(&console), "no key is pressed, and none is waited for");
	press(user, "qy\n");
	ok(!is_cancelled(&console), "other keys");
	press(user, "\033[A\033OP\033[15~x");
	ok(!is_cancelled(&console), "keys that send sequences, as arrows do");
	press(user, "x\033");
	ok(is_cancelled(&console), "Escape");
	ok(!is_cancelled(&console), "once");
	press(user, "\033");
	console.looked = 1e12;
	ok(!console_is_cancelled(&console), "keys are not looked for all the time");
	console_close(&console);
	close(user);
}

static void test_question(void)
{
	char text[200] = "";
	struct console console;
	int user = make_terminal(&console, "boot on?");

	press(user, "\033n");
	ok(!is_cancelled(&console), "after a question, answered by n, it continues");
	ok(read(user, text, sizeof(text) - 1) > 0 && strstr(text, "boot on? y: yes"), "the question");
	press(user, "\033y");
	ok(is_cancelled(&console), "answered by y");
	console_close(&console);
	close(user);
}

static void test_mode(void)
{
	struct termios before, during, after;
	struct console console;
	int user = posix_openpt(O_RDWR | O_NOCTTY);

	grantpt(user);
	unlockpt(user);

	int other = open(ptsname(user), O_RDWR | O_NOCTTY);

	tcgetattr(other, &before);
	console_open(&console, ptsname(user), "saving", NULL);
	tcgetattr(other, &during);
	console_close(&console);
	tcgetattr(other, &after);
	ok(before.c_lflag & ICANON && !(during.c_lflag & (ICANON | ECHO)) && after.c_lflag == before.c_lflag,
	   "keys come without Enter, until it is closed");
	close(other);
	close(user);
}

static void test_progress(void)
{
	char text[200] = "";
	struct console console;
	struct progress progress;
	int user = make_terminal(&console, NULL);

	progress_begin(&progress, "kdump", &console);
	progress.start -= 5;
	progress.shown -= 5;
	ok(!progress_show(&progress, MIB, 4 * MIB), "work goes on");
	ok(read(user, text, sizeof(text) - 1) > 0 &&
	   !fnmatch("\rsaving:  25 %, 1.0 MiB of 4.0 MiB, * KiB/s, 1? s left; Escape cancels\033\\[K", text, 0),
	   "its line: what, how far, the time left, and the key");
	press(user, "\033");
	console.looked = 0;

	struct error *error = progress_show(&progress, 2 * MIB, 4 * MIB);

	ok(error && strstr(error_text(error), "cancelled: Escape was pressed"), "Escape is an error");
	error_free(error);
	console_close(&console);
	close(user);
}

static void test_none(void)
{
	struct console console;

	console_open(&console, "/none", "saving", NULL);
	ok(console.fd < 0 && !is_cancelled(&console), "there is no such terminal");
	console_line(&console, "text");
	console_close(&console);
	console_open(&console, "/dev/null", "saving", NULL);
	ok(console.fd < 0, "what is no terminal is none");
	console_open(&console, NULL, "saving", NULL);
	ok(console.fd < 0, "none is wanted");
}

int main(void)
{
	test_escape();
	test_question();
	test_mode();
	test_progress();
	test_none();
	return tap_done();
}
