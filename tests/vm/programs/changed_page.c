/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: changed_page content|content-no-jump|address|killed PROGRAM ARGUMENT...
 *
 * Runs a program that restores a snapshot by placement, and lets happen what should not, when the placing program is
 * loaded. content: a byte of each page of its memory changes just before reboot(2). content-no-jump: the same, in a
 * kernel that seems to be built without CONFIG_KEXEC_JUMP. address: a page seems to have moved (the kernel's next answer
 * about addresses is changed). killed: all of it is killed before it marks the snapshot, and leaves what it has loaded.
 * Ends with its exit status.
 */
/* Addresses of the other process are offsets. */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define PRESENT (UINT64_C(1) << 63)
#define PRESERVE_CONTEXT 2 /* a flag of kexec_load(2) */

#ifdef __x86_64__
#define NUMBER(regs) (regs).orig_rax
#define FILE_ARGUMENT(regs) (regs).rdi
#define BUFFER_ARGUMENT(regs) (regs).rsi
#define FLAGS_ARGUMENT(regs) (regs).r10
#define RESULT(regs) (regs).rax
#else
#define NUMBER(regs) (regs).orig_eax
#define FILE_ARGUMENT(regs) (regs).ebx
#define BUFFER_ARGUMENT(regs) (regs).ecx
#define FLAGS_ARGUMENT(regs) (regs).esi
#define RESULT(regs) (regs).eax
#endif

struct traced {
	pid_t program; /* its first process */
	pid_t child;   /* the one that restores */
	bool content;  /* else an address */
	bool killed;   /* or that */
	bool no_jump;
	bool refusing; /* a call that was left out is at its end */
	bool entering; /* the next stop is a system call's beginning */
	bool loaded, done;
};

static int fail(const char *what)
{
	perror(what);
	return 125;
}

static int open_of(pid_t child, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)child, name);
	return open(path, flags);
}

static void flip_byte(int memory, off_t at)
{
	uint8_t byte;

	if (pread(memory, &byte, 1, at) != 1)
		return;
	byte ^= 0xff;
	if (pwrite(memory, &byte, 1, at) != 1)
		perror("changed_page");
}

/* The last byte of each page that is there. */
static void change_pages(pid_t child, uint64_t start, uint64_t end)
{
	int memory = open_of(child, "mem", O_RDWR), pagemap = open_of(child, "pagemap", O_RDONLY);

	for (uint64_t page = start / PAGE; page < end / PAGE; page++) {
		uint64_t entry = 0;

		if (pread(pagemap, &entry, sizeof(entry), (off_t)(page * sizeof(entry))) == sizeof(entry) &&
		    (entry & PRESENT))
			flip_byte(memory, (off_t)(page * PAGE + PAGE - 1));
	}
	close(memory);
	close(pagemap);
}

/* Its pool of pages is what it has locked: several pieces, some of huge pages. */
static void change_content(pid_t child)
{
	char path[64], line[PATH_MAX];
	uint64_t from, to, start = 0, end = 0;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)child);

	FILE *maps = fopen(path, "r");

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " rw", &from, &to) == 2) {
			start = from;
			end = to;
		}
		if (!strncmp(line, "VmFlags:", strlen("VmFlags:")) && strstr(line, " lo"))
			change_pages(child, start, end);
	}
	if (maps)
		fclose(maps);
}

static bool reads_addresses(pid_t child, long fd)
{
	char path[64], target[PATH_MAX] = "";

	snprintf(path, sizeof(path), "/proc/%d/fd/%ld", (int)child, fd);
	return readlink(path, target, sizeof(target) - 1) > 0 && strstr(target, "/pagemap");
}

/* Leaves out a load for a jump, and lets it fail. */
static void refuse_jump(struct traced *traced, struct user_regs_struct *regs, bool entering)
{
	if (traced->refusing)
		RESULT(*regs) = (__typeof__(RESULT(*regs)))-EINVAL;
	traced->refusing = entering && (long)NUMBER(*regs) == SYS_kexec_load &&
			   (FLAGS_ARGUMENT(*regs) & PRESERVE_CONTEXT);
	if (traced->refusing)
		NUMBER(*regs) = (__typeof__(NUMBER(*regs)))-1;
	ptrace(PTRACE_SETREGS, traced->child, 0, regs);
}

static void at_system_call(struct traced *traced)
{
	struct user_regs_struct regs;
	bool entering = traced->entering;

	traced->entering = !entering;
	if (traced->done || ptrace(PTRACE_GETREGS, traced->child, 0, &regs))
		return;
	if (traced->no_jump)
		refuse_jump(traced, &regs, entering);
	traced->loaded |= (long)NUMBER(regs) == SYS_kexec_load;
	if (traced->content && traced->loaded && entering && (long)NUMBER(regs) == SYS_reboot) {
		change_content(traced->child);
		traced->done = true;
	}
	if (traced->killed && traced->loaded && entering && (long)NUMBER(regs) == SYS_pwrite64) {
		kill(traced->program, SIGKILL);
		kill(traced->child, SIGKILL);
		traced->done = true;
	}
	if (!traced->content && !traced->killed && traced->loaded && !entering && (long)NUMBER(regs) == SYS_pread64 &&
	    reads_addresses(traced->child, (long)FILE_ARGUMENT(regs))) {
		long entry = ptrace(PTRACE_PEEKDATA, traced->child, BUFFER_ARGUMENT(regs), 0);

		ptrace(PTRACE_POKEDATA, traced->child, BUFFER_ARGUMENT(regs), entry + 1);
		traced->done = true;
	}
}

/* The program restores in a child process: that is traced from here on, from its first stop on. */
static void follow(struct traced *traced)
{
	unsigned long child = 0;
	int status;

	ptrace(PTRACE_GETEVENTMSG, traced->child, 0, &child);
	ptrace(PTRACE_DETACH, traced->child, 0, 0);
	traced->child = (pid_t)child;
	traced->entering = true;
	waitpid(traced->child, &status, __WALL);
	ptrace(PTRACE_SETOPTIONS, traced->child, 0, PTRACE_O_TRACESYSGOOD);
	ptrace(PTRACE_SYSCALL, traced->child, 0, 0);
}

int main(int argc, char **argv)
{
	struct traced traced = { .content = argc > 1 && !strncmp(argv[1], "content", strlen("content")),
				 .killed = argc > 1 && !strcmp(argv[1], "killed"),
				 .no_jump = argc > 1 && !strcmp(argv[1], "content-no-jump"),
				 .entering = true };
	int status;

	traced.child = traced.program = argc > 2 ? fork() : -1;
	if (traced.child < 0)
		return fail("changed_page");
	if (traced.child == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		/* The stop before the first system call, from which on each one stops twice. */
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		_exit(fail(argv[2]));
	}
	waitpid(traced.child, &status, 0);
	ptrace(PTRACE_SETOPTIONS, traced.child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK);
	ptrace(PTRACE_SYSCALL, traced.child, 0, 0);
	while (waitpid(traced.child, &status, 0) == traced.child && WIFSTOPPED(status)) {
		int signal = WSTOPSIG(status);

		if (status >> 16 == PTRACE_EVENT_FORK) {
			follow(&traced);
			continue;
		}
		if (signal == (SIGTRAP | 0x80))
			at_system_call(&traced);
		/* Stops of the tracing are no signals for the program. */
		if ((signal & 0x7f) == SIGTRAP)
			signal = 0;
		ptrace(PTRACE_SYSCALL, traced.child, 0, (long)signal);
	}
	if (traced.child != traced.program)
		waitpid(traced.program, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
