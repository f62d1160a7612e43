/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/size_text.h"

#define TERMINAL_SECONDS 0.2
#define LINE_SECONDS 10.0

static double now(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_begin(struct progress *progress, const char *program, struct console *console)
{
	double start = now();
	bool has_console = console && console->fd >= 0;

	*progress = (struct progress){ program, has_console || isatty(STDERR_FILENO) == 1, false, start, start,
				       has_console ? console : NULL };
}

static char *rate_text(uint64_t bytes, double seconds)
{
	return size_text(seconds > 0 ? (uint64_t)((double)bytes / seconds) : 0);
}

char *progress_text(uint64_t done, uint64_t total, double seconds)
{
	AUTO_FREE char *size = size_text(done);
	AUTO_FREE char *all = size_text(total);
	AUTO_FREE char *rate = rate_text(done, seconds);
	double left = done ? seconds * (double)(total - done) / (double)done : 0;

	return xasprintf("%3" PRIu64 " %%, %s of %s, %s/s, %.0f s left", total ? done * 100 / total : 100, size, all,
			 rate, left);
}

static void show_on(const struct console *console, const char *text)
{
	AUTO_FREE char *line = xasprintf("%s: %s; Escape cancels", console->what, text);

	console_line(console, line);
}

struct error *progress_show(void *context, uint64_t done, uint64_t total)
{
	struct progress *progress = context;
	double time = now();

	if (progress->console && console_is_cancelled(progress->console))
		return error_new("cancelled: Escape was pressed");
	if (time - progress->shown < (progress->is_terminal ? TERMINAL_SECONDS : LINE_SECONDS))
		return NULL;
	AUTO_FREE char *text = progress_text(done, total, time - progress->start);

	if (progress->console)
		show_on(progress->console, text);
	else if (progress->is_terminal)
		fprintf(stderr, "\r%s\033[K", text);
	else
		fprintf(stderr, "%s: %s\n", progress->program, text);
	progress->shown = time;
	progress->is_begun = true;
	return NULL;
}

void progress_abandon(struct progress *progress)
{
	if (progress->console && progress->is_begun)
		console_line(progress->console, "");
	else if (progress->is_terminal && progress->is_begun)
		fputs("\r\033[K", stderr);
	progress->is_begun = false;
}

void progress_end(struct progress *progress, const char *what, uint64_t bytes)
{
	double seconds = now() - progress->start;
	AUTO_FREE char *size = size_text(bytes);
	AUTO_FREE char *rate = rate_text(bytes, seconds);

	progress_abandon(progress);
	fprintf(stderr, "%s: %s%s in %.1f s, %s/s\n", progress->program, what, size, seconds, rate);
}
