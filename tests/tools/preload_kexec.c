/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded into a loader (ours, or kexec-tools), it takes the place of the
 * system calls that would do something to this machine: kexec_load,
 * kexec_file_load and reboot do nothing and succeed.
 *
 *   PRELOAD_KEXEC_LOG=FILE     a line is appended for each such call, and for each segment
 *   PRELOAD_KEXEC_ERRNO=LIST   "kexec_load=1 reboot=22": these calls fail with that errno
 *   PRELOAD_KEXEC_BUSY=COUNT   so many loads and unloads fail first, as another one is under way
 *   PRELOAD_KEXEC_MEMORY=FILE  what is loaded is written to this file, at its physical addresses
 *   PRELOAD_KEXEC_KERNEL=FILE  the kernel that kexec_file_load gets is copied to this file
 *   PRELOAD_KEXEC_LEAVES="FROM TO"  the other kernel, before it comes back: FROM is copied over TO
 *   PRELOAD_KEXEC_GONE=STATUS  the other kernel does not come back: the program ends so
 *   PRELOAD_KEXEC_KILLS="CALL FILE"  who makes this call while there is the file is killed, behind the call if it is a
 *                              load; the file is gone then
 *   PRELOAD_KEXEC_STATE=FOLDER  kexec_loaded and kexec_crash_loaded in this folder follow what is loaded
 *   PRELOAD_KEXEC_COST=FILE    written at the first load: what it has cost so far
 *   PRELOAD_KEXEC_SIGNAL=NUMBER  with PRELOAD_KEXEC_KILLS: in place of SIGKILL, and its parent gets it, too
 *   PRELOAD_KEXEC_SCORE=FILE   gets the oom_score_adj that the process has during a load
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SYSCALL_ARGUMENTS 6

int reboot(int command);

/* struct kexec_segment, include/uapi/linux/kexec.h */
struct segment {
	const void *data;
	size_t data_size;
	uintptr_t memory;
	size_t memory_size;
};

static double started;

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

__attribute__((constructor)) static void note_start(void)
{
	started = seconds_now();
}

static FILE *open_named_by(const char *variable, const char *mode)
{
	const char *path = getenv(variable);

	return path ? fopen(path, mode) : NULL;
}

static void copy_file(FILE *to, const char *path)
{
	FILE *from = fopen(path, "re");
	char line[512];

	while (from && fgets(line, sizeof(line), from))
		fputs(line, to);
	if (from)
		fclose(from);
}

static void write_cost(void)
{
	static int written;
	double elapsed = seconds_now() - started;
	struct rusage usage;
	FILE *to = written++ ? NULL : open_named_by("PRELOAD_KEXEC_COST", "we");

	if (!to)
		return;
	getrusage(RUSAGE_SELF, &usage);
	fprintf(to, "Elapsed: %.4f s\n", elapsed);
	fprintf(to, "Cpu: %.4f s\n",
		(double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
			(double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6);
	copy_file(to, "/proc/self/smaps_rollup");
	copy_file(to, "/proc/self/status");
	copy_file(to, "/proc/self/io");
	fclose(to);
}

/* What the call is to come to: 0, or -1 with errno set. */
static int result_of(const char *call)
{
	const char *list = getenv("PRELOAD_KEXEC_ERRNO");
	const char *busy = getenv("PRELOAD_KEXEC_BUSY");
	static int calls;
	size_t length = strlen(call);

	if (busy && strcmp(call, "reboot") != 0 && calls++ < atoi(busy)) {
		errno = EBUSY;
		return -1;
	}
	for (const char *at = list; at && (at = strstr(at, call)); at += length) {
		if ((at == list || at[-1] == ' ') && at[length] == '=') {
			errno = atoi(at + length + 1);
			return -1;
		}
	}
	return 0;
}

/* Without a signal that is named, this process is killed; else it and its parent get that one. */
static void be_sent(const char *signal_number)
{
	if (signal_number)
		kill(getppid(), atoi(signal_number));
	kill(getpid(), signal_number ? atoi(signal_number) : SIGKILL);
}

static void be_killed(const char *call)
{
	const char *names = getenv("PRELOAD_KEXEC_KILLS");
	char killing[32], file[512];

	if (names && sscanf(names, "%31s %511s", killing, file) == 2 && !strcmp(call, killing) && !unlink(file))
		be_sent(getenv("PRELOAD_KEXEC_SIGNAL"));
}

/* No test waits for a kernel that is not asked. */
int nanosleep(const struct timespec *wanted, struct timespec *rest)
{
	(void)wanted, (void)rest;
	return 0;
}

/* As /sys/kernel/kexec_loaded tells it. */
static void note_state(int crash, int loaded)
{
	const char *folder = getenv("PRELOAD_KEXEC_STATE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", crash ? "kexec_crash_loaded" : "kexec_loaded");

	FILE *file = folder ? fopen(path, "we") : NULL;

	if (file) {
		fprintf(file, "%d\n", loaded);
		fclose(file);
	}
}

/* As the kernel does it: what a segment has no data for contains zeros. */
static void write_memory(unsigned long count, const struct segment *segments)
{
	FILE *memory = open_named_by("PRELOAD_KEXEC_MEMORY", "r+e");

	for (unsigned long i = 0; memory && i < count; i++) {
		fseeko(memory, (off_t)segments[i].memory, SEEK_SET);
		fwrite(segments[i].data, 1, segments[i].data_size, memory);
		for (size_t at = segments[i].data_size; at < segments[i].memory_size; at++)
			fputc(0, memory);
	}
	if (memory)
		fclose(memory);
}

/* Which process the kernel would kill first, if it had no memory for the load. */
static void write_score(void)
{
	FILE *to = open_named_by("PRELOAD_KEXEC_SCORE", "we"), *from = to ? fopen("/proc/self/oom_score_adj", "re") : NULL;
	char line[32];

	if (from && fgets(line, sizeof(line), from))
		fputs(line, to);
	if (from)
		fclose(from);
	if (to)
		fclose(to);
}

static int replaced_load(unsigned long entry, unsigned long count, const struct segment *segments,
			 unsigned long flags)
{
	FILE *log = open_named_by("PRELOAD_KEXEC_LOG", "ae");

	if (count)
		write_cost();
	write_memory(count, segments);
	if (log) {
		fprintf(log, "kexec_load entry=0x%lx segments=%lu flags=0x%lx\n", entry, count, flags);
		for (unsigned long i = 0; i < count; i++)
			fprintf(log, "  segment 0x%zx+0x%zx data=0x%zx\n", (size_t)segments[i].memory,
				segments[i].memory_size, segments[i].data_size);
		fclose(log);
	}

	if (count)
		write_score();
	if (count)
		be_killed("kexec_load");

	int result = result_of("kexec_load");

	/* KEXEC_ON_CRASH */
	if (!result)
		note_state(flags & 1, count > 0);
	return result;
}

/* How many bytes are in the file. */
static const char *size_text(int fd)
{
	static char text[32];
	struct stat status;

	if (fstat(fd, &status))
		return "?";
	snprintf(text, sizeof(text), "%lld", (long long)status.st_size);
	return text;
}

static void copy_kernel(int kernel)
{
	FILE *to = open_named_by("PRELOAD_KEXEC_KERNEL", "we");
	char block[4096];
	ssize_t size;

	for (off_t at = 0; to && (size = pread(kernel, block, sizeof(block), at)) > 0; at += size)
		fwrite(block, 1, (size_t)size, to);
	if (to)
		fclose(to);
}

static int replaced_file_load(int kernel, int initrd, const char *cmdline, unsigned long flags)
{
	FILE *log = open_named_by("PRELOAD_KEXEC_LOG", "ae");

	write_cost();
	copy_kernel(kernel);
	if (log) {
		fprintf(log, "kexec_file_load initrd=%s flags=0x%lx cmdline=%s\n",
			kernel >= 0 && initrd >= 0 ? size_text(initrd) : "no", flags, cmdline ? cmdline : "");
		fclose(log);
	}

	int result = result_of("kexec_file_load");

	/* KEXEC_FILE_ON_CRASH, KEXEC_FILE_UNLOAD */
	if (!result)
		note_state(flags & 2, !(flags & 1));
	return result;
}

static void leave_file(void)
{
	const char *names = getenv("PRELOAD_KEXEC_LEAVES");
	char from[512], to[512], block[4096];
	size_t size;

	if (!names || sscanf(names, "%511s %511s", from, to) != 2)
		return;

	FILE *input = fopen(from, "re"), *output = fopen(to, "r+e");

	while (input && output && (size = fread(block, 1, sizeof(block), input)))
		fwrite(block, 1, size, output);
	if (input)
		fclose(input);
	if (output)
		fclose(output);
}

int reboot(int command)
{
	FILE *log = open_named_by("PRELOAD_KEXEC_LOG", "ae");

	leave_file();

	if (log)
		fprintf(log, "reboot 0x%x\n", (unsigned int)command);
	if (log)
		fflush(log);
	be_killed("reboot");
	if (log && getenv("PRELOAD_KEXEC_SIGNAL"))
		fprintf(log, "reboot goes on\n");
	if (log)
		fclose(log);
	if (getenv("PRELOAD_KEXEC_GONE"))
		_exit(atoi(getenv("PRELOAD_KEXEC_GONE")));
	return result_of("reboot");
}

/* Both loaders make these calls through the C library's function. */
long syscall(long number, ...)
{
	static long (*next)(long number, ...);
	long args[SYSCALL_ARGUMENTS];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < SYSCALL_ARGUMENTS; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_kexec_load)
		return replaced_load((unsigned long)args[0], (unsigned long)args[1], (const void *)args[2],
				     (unsigned long)args[3]);
#ifdef SYS_kexec_file_load
	if (number == SYS_kexec_file_load)
		return replaced_file_load((int)args[0], (int)args[1], (const void *)args[3], (unsigned long)args[4]);
#else
	(void)replaced_file_load;
#endif
	if (number == SYS_reboot)
		return reboot((int)args[2]);
	if (!next)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return next(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}
