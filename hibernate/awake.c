/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/awake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <linux/rtc.h>

#include "include/kjump_asleep_note.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/core/jump_note.h"
#include "lib/disk/disks_renew.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

static struct error *find_room(uint64_t *ret_start)
{
	AUTO_CORE_FILE struct core_file vmcore = { 0 };
	struct kjump_room_note room;
	struct bytes desc;
	struct error *error = core_file_init(&vmcore, "/", "/proc/vmcore");

	if (error)
		return error;
	if (!core_file_note(&vmcore, KJUMP_NOTE_NAME, KJUMP_ROOM_NOTE_TYPE, &desc) || desc.size < sizeof(room))
		return error_new("/proc/vmcore does not say where this kernel's other side passes what is new");
	memcpy(&room, desc.data, sizeof(room));
	*ret_start = room.start;
	return NULL;
}

static struct error *write_file(const char *name, const void *data, size_t size)
{
	AUTO_FREE char *path = xasprintf("%s/%s", AWAKE_FOLDER, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error *error = NULL;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		error = error_errno(errno, "cannot write \"%s\"", path);
	if (fd >= 0)
		close(fd);
	return error;
}

static struct error *write_words(struct bytes passed)
{
	AUTO_FREE char *own = NULL;
	AUTO_FREE char *text = xstrndup((const char *)passed.data, passed.size);
	struct error *error = machine_cmdline("/", &own);

	if (error)
		return error;

	AUTO_FREE char *words = cmdline_override(own, text);

	return write_file("words", words, strlen(words));
}

/* What A has written at this load: its notes are read from memory, not by /proc/vmcore, which keeps a copy. */
static struct error *write_files(uint64_t headers)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	AUTO_FREE char *address = xasprintf("0x%" PRIx64, headers);
	struct bytes words, used;
	struct error *error = core_file_open_memory(&core, "/dev/mem", headers);

	if (error)
		return error;
	if (!core_file_note(&core, KJUMP_NOTE_NAME, KJUMP_WORDS_NOTE_TYPE, &words) ||
	    !core_file_note(&core, KJUMP_NOTE_NAME, KJUMP_USED_NOTE_TYPE, &used))
		return error_new("this kernel was jumped to, and no parameters were passed: it is woken by khibernate, "
				 "or by a load of its file with --append");
	if (mkdir(AWAKE_FOLDER, 0700) && errno != EEXIST)
		return error_errno(errno, "cannot make the folder " AWAKE_FOLDER);
	error = write_words(words);
	if (!error)
		error = write_file("used", used.data, used.size);
	return error ? error : write_file("headers", address, strlen(address));
}

/*
 * The kernel sets its clock when it resumes devices, but by a counter that may have started anew meanwhile
 * (kernel/time/timekeeping.c, timekeeping_resume). A kernel that boots takes the hardware clock as UTC, too.
 */
static void set_clock(void)
{
	struct rtc_time now = { 0 };
	int fd = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!ioctl(fd, RTC_RD_TIME, &now)) {
		struct tm parts = { .tm_sec = now.tm_sec, .tm_min = now.tm_min, .tm_hour = now.tm_hour,
				    .tm_mday = now.tm_mday, .tm_mon = now.tm_mon, .tm_year = now.tm_year };
		struct timeval time = { .tv_sec = timegm(&parts) };

		settimeofday(&time, NULL);
	}
	close(fd);
}

struct error *awake(void)
{
	uint64_t headers;
	struct error *error;

	set_clock();
	disks_renew("/");
	error = find_room(&headers);
	return error ? error : write_files(headers);
}

struct error *awake_cmdline(char **ret_cmdline)
{
	struct error *error = read_small_file("/", AWAKE_FOLDER "/words", ret_cmdline, NULL);

	if (!error || error_errno_value(error) != ENOENT)
		return error;
	error_free(error);
	return machine_cmdline("/", ret_cmdline);
}
