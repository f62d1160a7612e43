/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/console.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define ESCAPE '\033'

/* A key is noticed soon enough, and a chunk of data takes less than this. */
#define LOOK_SECONDS 0.05

static double now(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What was typed before stays to be read. */
static void begin_keys(struct console *console)
{
	struct termios keys;

	if (tcgetattr(console->fd, &console->mode))
		return;
	keys = console->mode;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	console->has_mode = !tcsetattr(console->fd, TCSANOW, &keys);
}

void console_open(struct console *console, const char *path, const char *what, const char *question)
{
	*console = CONSOLE_NONE;
	console->what = what;
	console->question = question;
	if (path)
		console->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (console->fd >= 0 && isatty(console->fd)) {
		begin_keys(console);
	} else if (console->fd >= 0) {
		close(console->fd);
		console->fd = -1;
	}
}

void console_close(struct console *console)
{
	if (console->fd < 0)
		return;
	if (console->has_mode)
		tcsetattr(console->fd, TCSANOW, &console->mode);
	close(console->fd);
	console->fd = -1;
}

void console_line(const struct console *console, const char *text)
{
	if (console->fd >= 0)
		dprintf(console->fd, "\r%s\033[K", text);
}

/* The next key, 0 if there is none. */
static char next_key(struct console *console)
{
	char key = console->pending;

	console->pending = 0;
	if (!key && read(console->fd, &key, 1) != 1)
		key = 0;
	return key;
}

/* Behind Escape: whether it is the beginning of a sequence, whose rest is read then. */
static bool skip_sequence(struct console *console)
{
	char key = next_key(console);

	if (key != '[' && key != 'O') {
		console->pending = key;
		return false;
	}
	/* ECMA-48, 5.4: parameters are below "@". */
	do
		key = next_key(console);
	while (key && key < '@');
	return true;
}

static bool escape_is_pressed(struct console *console)
{
	char key;

	while ((key = next_key(console)))
		if (key == ESCAPE && !skip_sequence(console))
			return true;
	return false;
}

static bool ask(struct console *console)
{
	struct pollfd wanted = { .fd = console->fd, .events = POLLIN };
	char key;

	dprintf(console->fd, "\r%s y: yes; any other key, or %d s: no\033[K\r\n", console->question, CONSOLE_ANSWER_SECONDS);
	if (!console->pending)
		poll(&wanted, 1, CONSOLE_ANSWER_SECONDS * 1000);
	key = next_key(console);
	return key == 'y' || key == 'Y';
}

bool console_is_cancelled(struct console *console)
{
	double time = now();

	if (console->fd < 0 || time - console->looked < LOOK_SECONDS)
		return false;
	console->looked = time;
	return escape_is_pressed(console) && (!console->question || ask(console));
}

void terminal_mode_keep(struct terminal_mode *kept, const char *path)
{
	kept->fd = path ? open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
	if (kept->fd < 0 || !tcgetattr(kept->fd, &kept->mode))
		return;
	close(kept->fd);
	kept->fd = -1;
}

void terminal_mode_end(struct terminal_mode *kept, bool put_back)
{
	if (kept->fd < 0)
		return;
	if (put_back)
		tcsetattr(kept->fd, TCSANOW, &kept->mode);
	close(kept->fd);
	kept->fd = -1;
}
