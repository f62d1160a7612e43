/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Preloaded beside preload_kexec.so, it makes a program run on a described
 * machine: what it reads and writes below /proc, /sys, /run and /boot is below a
 * folder, and what it would do to this machine beside loading is only noted.
 *
 *   PRELOAD_MACHINE_ROOT=FOLDER  the described machine; without it this one is read
 *   PRELOAD_MACHINE_MARK=FILE    written once all is in place: no mark, no guard
 *   PRELOAD_KEXEC_LOG=FILE       gets "sync", "interface NAME down", "exec NAME…" (which succeeds)
 *   PRELOAD_MACHINE_SYSLOG=FILE  gets the lines for the system's log, each behind its program's name
 *   PRELOAD_MACHINE_SYNC="FROM TO"  what another program does meanwhile: at a sync, FROM becomes TO
 *
 * The described machine has the network interfaces whose flags are in
 * FOLDER/sys/class/net/NAME/flags. Beside them "lower" has the name of one that
 * must be up for this one to be, and "stuck" is there if nobody can change it.
 *
 *   PRELOAD_MACHINE_NO_INET=1  its kernel is built without CONFIG_INET
 *   PRELOAD_MACHINE_OLD_NETLINK=1  its kernel is so old that netlink sockets take no ioctl of an interface
 *
 * Behind all this stands a filter of the kernel: should a real kexec_load,
 * kexec_file_load, reboot, mount or start of another program (shutdown) be tried
 * in some other way, it fails with EPERM.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "tests/tools/preload_machine.h"

/* ---- the guard ---- */

#define REFUSE_CALL(number)                                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                  \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static int forbid_real_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE_CALL(SYS_kexec_load),
#ifdef SYS_kexec_file_load
		REFUSE_CALL(SYS_kexec_file_load),
#endif
		REFUSE_CALL(SYS_reboot),
		REFUSE_CALL(SYS_mount),
		REFUSE_CALL(SYS_umount2),
		REFUSE_CALL(SYS_execve),
		REFUSE_CALL(SYS_execveat),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Whether this program's syscall() is that of preload_kexec.so. */
static int calls_are_replaced(void)
{
	Dl_info info;
	void *call = dlsym(RTLD_DEFAULT, "syscall");

	return call && dladdr(call, &info) && strstr(info.dli_fname, "preload_kexec");
}

__attribute__((constructor)) static void leave_mark(void)
{
	const char *path = getenv("PRELOAD_MACHINE_MARK");

	if (!path || forbid_real_calls() || !calls_are_replaced())
		return;

	int fd = NEXT(open)(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd >= 0)
		close(fd);
}

/* ---- files ---- */

/* Of the process itself, what is the machine's. */
static int is_described(const char *path)
{
	return strncmp(path, "/proc/self/", 11) != 0 || !strcmp(path, "/proc/self/mounts") ||
	       !strcmp(path, "/proc/self/status") || !strcmp(path, "/proc/self/pagemap") || !strcmp(path, "/proc/self/cgroup") || !strncmp(path, "/proc/self/ns/", 14);
}

/* The path to use in place of `path`; in `buffer` if it is another one. */
static const char *redirected(const char *path, char *buffer, size_t size)
{
	static const char *const folders[] = { "/proc/", "/sys/", "/run/", "/dev/.kexec-jump", "/dev/kexec-jump",
						"/etc/initrd-release", "/boot", "/etc/default/grub", "/var/lib/khibernate" };
	const char *root = getenv("PRELOAD_MACHINE_ROOT");

	if (!root || !is_described(path))
		return path;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strncmp(path, folders[i], strlen(folders[i])) != 0)
			continue;
		snprintf(buffer, size, "%s%s", root, path);
		return buffer;
	}
	return path;
}

/* The same, in a buffer of the function that says it. */
#define HERE(path) redirected(path, (char[4096]){ 0 }, 4096)

static mode_t mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? (mode_t)va_arg(args, unsigned int) : 0;
}

int open(const char *path, int flags, ...)
{
	char buffer[4096];
	va_list args;

	va_start(args, flags);
	mode_t mode = mode_of(flags, args);
	va_end(args);
	return NEXT(open)(redirected(path, buffer, sizeof(buffer)), flags, mode);
}

int open64(const char *path, int flags, ...)
{
	char buffer[4096];
	va_list args;

	va_start(args, flags);
	mode_t mode = mode_of(flags, args);
	va_end(args);
	return NEXT(open64)(redirected(path, buffer, sizeof(buffer)), flags, mode);
}

int stat(const char *restrict path, struct stat *restrict status)
{
	return NEXT(stat)(HERE(path), status);
}

int stat64(const char *restrict path, struct stat64 *restrict status)
{
	return NEXT(stat64)(HERE(path), status);
}

/* It does not come by the open above. */
FILE *fopen(const char *restrict path, const char *restrict mode)
{
	return NEXT(fopen)(HERE(path), mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode)
{
	return NEXT(fopen64)(HERE(path), mode);
}

int access(const char *path, int mode)
{
	return NEXT(access)(HERE(path), mode);
}

DIR *opendir(const char *path)
{
	return NEXT(opendir)(HERE(path));
}

/* It does not come by the opendir above. */
int scandir(const char *restrict path, struct dirent ***restrict entries, int (*filter)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	return NEXT(scandir)(HERE(path), entries, filter, compare);
}

int scandir64(const char *restrict path, struct dirent64 ***restrict entries, int (*filter)(const struct dirent64 *),
	      int (*compare)(const struct dirent64 **, const struct dirent64 **))
{
	return NEXT(scandir64)(HERE(path), entries, filter, compare);
}

char *realpath(const char *restrict path, char *restrict resolved)
{
	return NEXT(realpath)(HERE(path), resolved);
}

int unlink(const char *path)
{
	return NEXT(unlink)(HERE(path));
}

/* ---- calls ---- */

void sync(void)
{
	const char *files = getenv("PRELOAD_MACHINE_SYNC");
	char from[4096], to[4096];

	if (files && sscanf(files, "%4095s %4095s", from, to) == 2)
		rename(from, to);
	note("sync\n");
}

static const char *log_name = "?";

void openlog(const char *name, int options, int facility)
{
	(void)options, (void)facility;
	log_name = name;
}

void vsyslog(int priority, const char *format, va_list args)
{
	const char *path = getenv("PRELOAD_MACHINE_SYSLOG");
	FILE *log = path ? fopen(path, "ae") : NULL;

	(void)priority;
	if (!log)
		return;
	fprintf(log, "%s: ", log_name);
	vfprintf(log, format, args);
	fputc('\n', log);
	fclose(log);
}

void syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsyslog(priority, format, args);
	va_end(args);
}

/* The same, called by programs that are built with _FORTIFY_SOURCE. */
void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	vsyslog(priority, format, args);
	va_end(args);
}

/* The program that would have taken this one's place ends well. kexec-tools looks in several folders itself. */
int execv(const char *path, char *const words[])
{
	const char *slash = strrchr(path, '/');

	note("exec %s", slash ? slash + 1 : path);
	for (char *const *word = words + 1; *word; word++)
		note(" %s", *word);
	note("\n");
	_exit(0);
}

int execlp(const char *file, const char *first, ...)
{
	const char *words[16] = { first };
	va_list args;

	va_start(args, first);
	for (size_t i = 1; i < 15 && words[i - 1]; i++)
		words[i] = va_arg(args, const char *);
	va_end(args);
	return execv(file, (char *const *)words);
}

/* gcov (make coverage) puts a function of its own in the place of execlp, which comes here. */
int execvp(const char *file, char *const words[])
{
	return execv(file, words);
}
