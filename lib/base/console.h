/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal on which long work shows its progress, and where Escape cancels it: that of a kernel without a system,
 * /dev/console. Keys are read without Enter and without waiting.
 */
#ifndef KJ_CONSOLE_H
#define KJ_CONSOLE_H

#include <stdbool.h>
#include <termios.h>

/* Initialise with CONSOLE_NONE; close accepts that. */
struct console {
	int fd;                /* -1: there is none, nothing is shown and nothing cancelled */
	const char *what;      /* borrowed: what is done, "saving" */
	const char *question;  /* borrowed: asked before it is cancelled, and answered by y; NULL: not asked */
	bool has_mode;
	struct termios mode;   /* as it was */
	char pending;          /* a key that was read behind Escape; 0: none */
	double looked;         /* when keys were last looked for, seconds of the monotonic clock */
};

#define CONSOLE_NONE ((struct console){ .fd = -1 })

/* How long a question waits for its answer; without one the work continues. */
#define CONSOLE_ANSWER_SECONDS 20

/* Opens the terminal at `path`; if it cannot, or `path` is NULL, there is none. */
void console_open(struct console *console, const char *path, const char *what, const char *question);

/* The terminal is as it was. */
void console_close(struct console *console);
#define AUTO_CONSOLE __attribute__((cleanup(console_close)))

/* Replaces the changing line; an empty text removes it. */
void console_line(const struct console *console, const char *text);

/* Whether Escape was pressed, and y after the question. A key that sends a sequence, as an arrow, is no Escape. */
bool console_is_cancelled(struct console *console);

/*
 * The mode of a terminal, kept by a parent whose child may be killed before console_close. Without a terminal at
 * `path`, or if it is NULL, nothing is kept.
 */
struct terminal_mode {
	int fd; /* -1: there is none */
	struct termios mode;
};

void terminal_mode_keep(struct terminal_mode *kept, const char *path);

/* Ends the keeping; with `put_back` the terminal has the mode again. */
void terminal_mode_end(struct terminal_mode *kept, bool put_back);

#endif
