/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: refused_jump PROGRAM ARGUMENT...
 *
 * Runs a program of which the kernel refuses to carry out reboot(2), as it does
 * while somebody else loads a kernel: EBUSY. Ends with its exit status.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
#define NUMBER offsetof(struct user_regs_struct, orig_rax)
#define RESULT offsetof(struct user_regs_struct, rax)
#else
#define NUMBER offsetof(struct user_regs_struct, orig_eax)
#define RESULT offsetof(struct user_regs_struct, eax)
#endif

static int fail(const char *what)
{
	perror(what);
	return 125;
}

/* At a system call's beginning (then it is left out) or end (then it fails). */
static void refuse(pid_t child, int *refusing)
{
	if (*refusing)
		ptrace(PTRACE_POKEUSER, child, RESULT, (long)-EBUSY);
	*refusing = !*refusing && ptrace(PTRACE_PEEKUSER, child, NUMBER, 0) == SYS_reboot;
	if (*refusing)
		ptrace(PTRACE_POKEUSER, child, NUMBER, -1L);
}

int main(int argc, char **argv)
{
	int status, signal = 0, refusing = 0;
	pid_t child = argc > 1 ? fork() : -1;

	if (child < 0)
		return fail("refused_jump");
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execvp(argv[1], argv + 1);
		_exit(fail(argv[1]));
	}
	while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		if (WSTOPSIG(status) == SIGTRAP)
			refuse(child, &refusing);
		ptrace(PTRACE_SYSCALL, child, 0, (long)signal);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
