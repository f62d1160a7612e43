/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate --times: what is made of moments of three kernels. */
#include <unistd.h>

#include "hibernate/step_times.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"

#define SECOND_TICKS UINT64_C(2097152000) /* a processor of 2.1 GHz, so that 1024 ticks go into a millisecond */
#define SECOND_KILOTICKS 2048000u

static struct step_clock at(double counter, double uptime, double running)
{
	return (struct step_clock){ (uint64_t)(counter * (double)SECOND_TICKS), (uint64_t)(uptime * 1e6),
				    (uint64_t)(running * 1e6) };
}

/* Whether the text has a line for this step with so many seconds; NULL: it has none. */
static void has(const char *text, const char *step, const char *seconds, const char *name)
{
	AUTO_FREE char *beginning = xasprintf("  %s ", step);
	const char *line = strstr(text, beginning);
	AUTO_FREE char *number = seconds ? xasprintf(" %s s\n", seconds) : NULL;
	const char *end = line ? strchr(line, '\n') : NULL;
	bool good = seconds ? line && strstr(line, number) && strstr(line, number) < end : !line;

	if (!ok(good, "%s: %s, %s", name, step, seconds ? seconds : "none"))
		diag("%s", text);
}

/* Ten days of uptime; the counter began with the machine. */
#define DAYS 864000.0

static struct step_times sample(void)
{
	return (struct step_times){ .begun = at(DAYS, DAYS, DAYS),
				    .left = at(DAYS + 1.5, DAYS + 1.5, DAYS + 1.5),
				    .back = at(8, DAYS + 60, DAYS + 1.8) };
}

static struct khimage_times others(void)
{
	return (struct khimage_times){ .save_kiloticks = (uint32_t)((uint64_t)((DAYS + 4) * SECOND_KILOTICKS)),
				       .save_uptime_ms = 2250, .save_ms = 3000,
				       .restore_kiloticks = 4 * SECOND_KILOTICKS, .restore_uptime_ms = 1500,
				       .find_ms = 250, .place_ms = 500, .read_ms = 2750 };
}

static void test_all(void)
{
	const struct step_times times = sample();
	const struct khimage_times saved = others();
	AUTO_FREE char *text = step_times_text(&times, &saved);

	has(text, "prepare: load, sync", "1.50", "all");
	has(text, "freeze, jump", "0.25", "all");
	has(text, "boot of the saving kernel", "2.25", "all");
	has(text, "save", "3.00", "all");
	has(text, "hibernate, without switching off", "7.00", "all");
	has(text, "firmware, boot loader", "2.50", "all");
	has(text, "kernel, initramfs", "1.50", "all");
	has(text, "find", "0.25", "all");
	has(text, "place: take memory", "0.50", "all");
	has(text, "read", "2.75", "all");
	has(text, "jump, thaw", "0.50", "all");
	has(text, "resume, since the machine is on", "8.00", "all");
	has(text, "this kernel's part: freeze and thaw", "0.30", "all");
}

static void test_less(void)
{
	struct step_times times = sample();
	struct khimage_times saved = others();

	saved.save_uptime_ms = 100000;
	AUTO_FREE char *woken = step_times_text(&times, &saved);

	has(woken, "freeze, jump, wake", "2.50", "a saver that slept");
	has(woken, "boot of the saving kernel", NULL, "a saver that slept");
	has(woken, "hibernate, without switching off", "7.00", "a saver that slept");

	times.begun.ticks = times.left.ticks = times.back.ticks = 0;
	AUTO_FREE char *plain = step_times_text(&times, &saved);

	has(plain, "freeze, jump", NULL, "no counter");
	has(plain, "firmware, boot loader", NULL, "no counter");
	has(plain, "jump, thaw", NULL, "no counter");
	has(plain, "read", "2.75", "no counter");
	AUTO_FREE char *nothing = step_times_text(&times, &(struct khimage_times){ 0 });

	has(nothing, "save", NULL, "an older saver");
	has(nothing, "read", NULL, "an older saver");
}

/* The real clocks. */
static void test_clock(void)
{
	struct step_clock from = step_clock_now();

	is_u64(step_clock_hz(&from, &from), 0, "no time gives no frequency");
	usleep(60000);
	struct step_clock to = step_clock_now();
	uint32_t ms = step_clock_ms(&from, &to);
	uint64_t hz = step_clock_hz(&from, &to);

	ok(ms >= 60 && ms < 10000, "60 ms are measured as %u", ms);
	ok(hz > 100000000 && hz < 100000000000, "the counter has %llu ticks a second", (unsigned long long)hz);
}

int main(void)
{
	test_all();
	test_less();
	test_clock();
	return tap_done();
}
