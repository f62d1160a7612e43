/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/progress.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"

#define MIB (UINT64_C(1) << 20)

/* Where standard error goes for a while: a terminal or a pipe, which the test reads. */
struct capture {
	int reader, before;
};

static void capture_begin(struct capture *capture, bool terminal)
{
	int ends[2] = { -1, -1 };

	if (terminal) {
		ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
		if (ends[0] >= 0 && !grantpt(ends[0]) && !unlockpt(ends[0]))
			ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
	} else if (pipe(ends)) {
		ends[1] = -1;
	}
	if (ends[1] < 0) {
		perror("a terminal for the test");
		exit(1);
	}
	*capture = (struct capture){ ends[0], dup(STDERR_FILENO) };
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

#define LIMIT_BYTES 1000

/* What was written, up to `last`. */
static char *capture_end(const struct capture *capture, const char *last)
{
	char *text = xcalloc(LIMIT_BYTES + 1, 1);
	size_t size = 0;

	/* A terminal that nobody has open loses what was written to it. */
	while (size < LIMIT_BYTES && !strstr(text, last)) {
		ssize_t got = read(capture->reader, text + size, LIMIT_BYTES - size);

		if (got <= 0)
			break;
		size += (size_t)got;
	}
	dup2(capture->before, STDERR_FILENO);
	close(capture->before);
	close(capture->reader);
	return text;
}

/* As if so many seconds had gone by. */
static void pass(struct progress *progress, double seconds)
{
	progress->start -= seconds;
	progress->shown -= seconds;
}

/* Times are not known to the tenth of a second. */
static void matches(const char *text, const char *pattern, const char *name)
{
	if (!ok(!fnmatch(pattern, text, 0), "%s", name))
		diag("%s", text);
}

static void test_text(void)
{
	AUTO_FREE char *quarter = progress_text(MIB, 4 * MIB, 2);
	AUTO_FREE char *begun = progress_text(0, 4 * MIB, 0);
	AUTO_FREE char *nothing = progress_text(0, 0, 0);

	is_text(quarter, " 25 %, 1.0 MiB of 4.0 MiB, 512.0 KiB/s, 6 s left", "how far it is, how fast, and the time left");
	is_text(begun, "  0 %, 0 bytes of 4.0 MiB, 0 bytes/s, 0 s left", "at the beginning");
	is_text(nothing, "100 %, 0 bytes of 0 bytes, 0 bytes/s, 0 s left", "with nothing to do");
}

static void test_terminal(void)
{
	static const char wanted[] = "\r 50 %, 2.0 MiB of 4.0 MiB, * KiB/s, * s left\033\\[K\r\033\\[Kerror\r\n";
	struct progress progress;
	struct capture capture;

	capture_begin(&capture, true);
	progress_begin(&progress, "kdump", NULL);
	/* However busy the machine is, too early for the next line. */
	pass(&progress, -60);
	(void)progress_show(&progress, MIB, 4 * MIB);
	pass(&progress, 65);
	(void)progress_show(&progress, 2 * MIB, 4 * MIB);
	pass(&progress, -60);
	(void)progress_show(&progress, 3 * MIB, 4 * MIB);
	progress_abandon(&progress);
	progress_abandon(&progress);
	fputs("error\n", stderr);

	AUTO_FREE char *text = capture_end(&capture, "\n");

	matches(text, wanted, "on a terminal a line changes, a few times in a second, and an error does not follow it");
}

static void test_end(void)
{
	static const char wanted[] = "\r 50 %, 2.0 MiB of 4.0 MiB, * KiB/s, * s left\033\\[K\r\033\\[Kkdump: wrote 4.0 MiB in * s, * KiB/s\r\n";
	struct progress progress;
	struct capture capture;

	capture_begin(&capture, true);
	progress_begin(&progress, "kdump", NULL);
	pass(&progress, 5);
	(void)progress_show(&progress, 2 * MIB, 4 * MIB);
	pass(&progress, 5);
	progress_end(&progress, "wrote ", 4 * MIB);

	AUTO_FREE char *text = capture_end(&capture, "/s\r\n");

	matches(text, wanted, "the last line takes its place");
}

static void test_elsewhere(void)
{
	static const char wanted[] = "kdump:  50 %, 2.0 MiB of 4.0 MiB, * KiB/s, * s left\nerror\n";
	struct progress progress;
	struct capture capture;

	capture_begin(&capture, false);
	progress_begin(&progress, "kdump", NULL);
	pass(&progress, 9);
	(void)progress_show(&progress, MIB, 4 * MIB);
	pass(&progress, 1);
	(void)progress_show(&progress, 2 * MIB, 4 * MIB);
	pass(&progress, 9);
	(void)progress_show(&progress, 3 * MIB, 4 * MIB);
	progress_abandon(&progress);
	fputs("error\n", stderr);

	AUTO_FREE char *text = capture_end(&capture, "error\n");

	matches(text, wanted, "elsewhere there is a plain line every ten seconds");
}

int main(void)
{
	test_text();
	test_terminal();
	test_end();
	test_elsewhere();
	return tap_done();
}
