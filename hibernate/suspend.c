/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/suspend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

#define ALARM "/sys/class/rtc/rtc0/wakealarm"

char *suspend_alarm(const char *root)
{
	char *alarm = first_line_or_null(root, ALARM);

	if (alarm && *alarm)
		return alarm;
	free(alarm);
	return NULL;
}

/* False with errno after a failure. */
static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));
	int failure = errno;

	if (fd >= 0)
		close(fd);
	errno = failure;
	return written > 0;
}

/* An alarm that is set has to be cleared before another one. */
static struct error *set_alarm(const char *alarm)
{
	if (write_text(ALARM, "0") && write_text(ALARM, alarm))
		return NULL;
	return error_errno(errno, "cannot set the clock's alarm, %s", alarm);
}

struct error *suspend_to_memory(const char *alarm)
{
	static const char *const states[] = { "mem", "standby", "freeze" };
	struct error *error = *alarm ? set_alarm(alarm) : NULL;

	if (error)
		return error;
	for (size_t i = 0; i < ARRAY_COUNT(states); i++)
		if (write_text("/sys/power/state", states[i]))
			return NULL;
	return error_errno(errno, "cannot suspend to memory (/sys/power/state)");
}
