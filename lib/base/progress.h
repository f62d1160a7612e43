/* SPDX-License-Identifier: GPL-2.0-only */
/* The progress of long work, on standard error: one changing line on a terminal, few lines elsewhere. */
#ifndef KJ_PROGRESS_H
#define KJ_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/console.h"
#include "lib/base/error.h"

struct progress {
	const char *program;  /* prefix of lines that stay */
	bool is_terminal;
	bool is_begun;        /* on a terminal: the line has been printed */
	double start, shown;  /* seconds of the monotonic clock */
	struct console *console; /* borrowed: where the line is shown in place of standard error; NULL: nowhere else */
};

/* `console`, if not NULL and there is one, shows the line, and Escape there cancels. */
void progress_begin(struct progress *progress, const char *program, struct console *console);

/* `context` is the struct progress; `done` and `total` are bytes. Error: the work is cancelled. */
struct error *progress_show(void *context, uint64_t done, uint64_t total);

/* The last line: amount, duration, speed. */
void progress_end(struct progress *progress, const char *what, uint64_t bytes);

/* After a failure: removes the changing line, so that the error's message begins a line. */
void progress_abandon(struct progress *progress);

/* The text after the percentage, for tests: " 25 %, 1.0 MiB of 4.0 MiB, 0.5 MiB/s, 6 s left". Heap. */
char *progress_text(uint64_t done, uint64_t total, double seconds);

#endif
