/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test Anything Protocol for unit tests: one statement per test, the plan at
 * the end (so nothing has to be counted, and a test that dies has no plan).
 *
 *	int main(void)
 *	{
 *		ok(span_is_empty(none), "a span of no bytes is empty");
 *		is_u64(span_size(page), 4096, "a page has 4096 bytes");
 *		is_text(error_text(error), "no such file", "the error says what is missing");
 *		return tap_done();
 *	}
 *
 * Names are printf formats; '#' would begin a TAP directive, so don't use it.
 */
#ifndef KJ_TAP_H
#define KJ_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct tap {
	int count;
	int failed;
};

/* One per program: each test is one source file. */
static struct tap tap;

/* A remark, as comment lines. */
__attribute__((format(printf, 1, 2), unused)) static void diag(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fputc('\n', stdout);
	fflush(stdout);
}

__attribute__((format(printf, 4, 0))) static bool tap_result(bool passed, const char *file, int line,
							    const char *format, va_list args)
{
	printf("%sok %d - ", passed ? "" : "not ", ++tap.count);
	vprintf(format, args);
	fputc('\n', stdout);
	if (!passed) {
		tap.failed++;
		diag("failed at %s:%d", file, line);
	}
	/* What was shown is not lost when the next statement crashes. */
	fflush(stdout);
	return passed;
}

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(bool passed, const char *file, int line,
								const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_result(passed, file, line, format, args);
	va_end(args);
	return passed;
}

__attribute__((format(printf, 5, 6), unused)) static bool tap_is_u64(uint64_t got, uint64_t wanted, const char *file,
								    int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	bool passed = tap_result(got == wanted, file, line, format, args);
	va_end(args);
	if (!passed)
		diag("got 0x%" PRIx64 ", wanted 0x%" PRIx64, got, wanted);
	return passed;
}

__attribute__((format(printf, 5, 6), unused)) static bool tap_is_text(const char *got, const char *wanted,
								     const char *file, int line, const char *format,
								     ...)
{
	va_list args;

	va_start(args, format);
	bool passed = tap_result(got && wanted ? !strcmp(got, wanted) : got == wanted, file, line, format, args);
	va_end(args);
	if (!passed) {
		diag("got    \"%s\"", got ? got : "(null)");
		diag("wanted \"%s\"", wanted ? wanted : "(null)");
	}
	return passed;
}

/* These return whether it passed: `if (!ok(...)) return;` */
#define ok(condition, ...) tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_u64(got, wanted, ...) tap_is_u64((got), (wanted), __FILE__, __LINE__, __VA_ARGS__)
#define is_text(got, wanted, ...) tap_is_text((got), (wanted), __FILE__, __LINE__, __VA_ARGS__)

/* Prints the plan; the exit status of main. */
__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap.count);
	return tap.failed ? 1 : 0;
}

/* In place of tests that cannot run here. */
__attribute__((unused)) static int tap_skip_all(const char *reason)
{
	printf("1..0 # SKIP %s\n", reason);
	return 0;
}

#endif
