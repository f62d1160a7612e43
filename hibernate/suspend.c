/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/suspend.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

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

char *suspend_alarm_word(const char *root)
{
	AUTO_FREE char *alarm = suspend_alarm(root);

	return alarm ? xasprintf(" khwake=%s", alarm) : xstrdup("");
}

/* An alarm that is set has to be cleared before another one. */
static struct error *set_alarm(const char *alarm)
{
	if (write_value(ALARM, "0") && write_value(ALARM, alarm))
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
		if (write_value("/sys/power/state", states[i]))
			return NULL;
	return error_errno(errno, "cannot suspend to memory (/sys/power/state)");
}
