/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Errors as values.  A function that can fail returns `struct error *`; NULL
 * is success, and then its ret_ outputs are valid; on failure they are left
 * untouched.  The text names the attempt, the cause and the remedy; callers
 * prefix it with context, and main prints it once.
 */
#ifndef KJ_ERROR_H
#define KJ_ERROR_H

struct error;

/* An error with this text (no newline at the end). Never NULL. */
struct error *error_new(const char *format, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull, warn_unused_result));

/* The same with ": <strerror(errno_value)>" after it. */
struct error *error_errno(int errno_value, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull, warn_unused_result));

/* Prefixes the error's text with "<text>: "; takes and returns ownership. NULL stays NULL. */
struct error *error_prefix(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3), warn_unused_result));

const char *error_text(const struct error *error);

/* The errno the error was made from, 0 if none. */
int error_errno_value(const struct error *error);

/*
 * For the end of a main: prints "<program>: <text>" on standard error and
 * frees the error. EXIT_FAILURE; EXIT_SUCCESS, and nothing printed, for NULL.
 */
int error_report(struct error *error, const char *program);

void error_free(struct error *error);

#endif
