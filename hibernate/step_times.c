/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/step_times.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/alloc.h"

#define KILOTICK 1024.0

static void add_line(char **text, const char *step, double seconds)
{
	char *longer = xasprintf("%s  %-36s %8.2f s\n", *text, step, seconds);

	free(*text);
	*text = longer;
}

static double seconds_of_us(uint64_t from, uint64_t to)
{
	return ((double)to - (double)from) / 1e6;
}

/*
 * From reboot(2) to kdump. Its kernel's clock began when it booted; a kernel that
 * woke up has been running for longer than it is away from here.
 */
static double add_way_to_saver(char **text, const struct step_times *times, const struct khimage_times *others,
			       double hz)
{
	double uptime = others->save_uptime_ms / 1e3;
	/* As unsigned numbers, so that it does not matter if the counter began again. */
	uint32_t kiloticks = others->save_kiloticks - step_clock_kiloticks(&times->left);
	double away = hz > 0 && others->save_kiloticks ? kiloticks * KILOTICK / hz : 0;

	if (away <= 0) {
		add_line(text, "boot of the saving kernel", uptime);
		return uptime;
	}
	if (uptime > away) {
		add_line(text, "freeze, jump, wake", away);
		return away;
	}
	add_line(text, "freeze, jump", away - uptime);
	add_line(text, "boot of the saving kernel", uptime);
	return away;
}

static void add_hibernate(char **text, const struct step_times *times, const struct khimage_times *others, double hz)
{
	double prepare = seconds_of_us(times->begun.uptime_us, times->left.uptime_us);
	double save = others->save_ms / 1e3;

	add_line(text, "prepare: load, sync", prepare);
	double way = add_way_to_saver(text, times, others, hz);

	add_line(text, "save", save);
	add_line(text, "hibernate, without switching off", prepare + way + save);
}

/* The counter began with the machine; a resume that did not begin with a reset has no such start. */
static void add_resume(char **text, const struct step_times *times, const struct khimage_times *others, double hz)
{
	double uptime = others->restore_uptime_ms / 1e3, find = others->find_ms / 1e3;
	double place = others->place_ms / 1e3, read = others->read_ms / 1e3;
	double start = hz > 0 ? others->restore_kiloticks * KILOTICK / hz : 0;
	double end = hz > 0 ? (double)times->back.ticks / hz : 0, marked = start + find + place + read;

	if (start > uptime)
		add_line(text, "firmware, boot loader", start - uptime);
	add_line(text, "kernel, initramfs", uptime);
	add_line(text, "find", find);
	add_line(text, "place: take memory", place);
	add_line(text, "read", read);
	if (start > 0 && end > marked) {
		add_line(text, "jump, thaw", end - marked);
		add_line(text, "resume, since the machine is on", end);
	}
}

char *step_times_text(const struct step_times *times, const struct khimage_times *others)
{
	double hz = (double)step_clock_hz(&times->begun, &times->left);
	char *text = xstrdup("");

	if (others->save_uptime_ms)
		add_hibernate(&text, times, others, hz);
	if (others->restore_uptime_ms)
		add_resume(&text, times, others, hz);
	add_line(&text, "this kernel's part: freeze and thaw",
		 seconds_of_us(times->left.running_us, times->back.running_us));
	return text;
}
