/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/file_fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

/*
 * Runs in a signal handler: the functions called here keep no state and allocate
 * no memory (signal-safety(7); this includes parse_hex).
 */

/* A line of /proc/self/maps: "START-END PERMISSIONS OFFSET DEVICE INODE   PATH" (fs/proc/task_mmu.c). */
struct mapping {
	uint64_t start, end, offset;
	const char *path; /* "" if there is none */
};

static bool parse_mapping(const char *line, struct mapping *mapping)
{
	const char *at = line;

	if (!parse_hex(&at, &mapping->start) || *at++ != '-' || !parse_hex(&at, &mapping->end) || *at++ != ' ')
		return false;
	at += strcspn(at, " ");
	if (*at++ != ' ' || !parse_hex(&at, &mapping->offset))
		return false;
	at = strchr(line, '/');
	mapping->path = at ? at : "";
	return true;
}

/* One line without its newline, as far as there is room; false at the end. */
static bool read_line(int fd, char *line, size_t size)
{
	size_t length = 0;
	char c;
	ssize_t got;

	while ((got = read(fd, &c, 1)) == 1 && c != '\n')
		if (length + 1 < size)
			line[length++] = c;
	line[length] = '\0';
	return got == 1;
}

/* The mapping of a file that holds `address`; its path is in `line`. */
static bool find_mapping(uint64_t address, char *line, size_t size, struct mapping *mapping)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	bool found = false;

	while (fd >= 0 && !found && read_line(fd, line, size))
		found = parse_mapping(line, mapping) && mapping->start <= address && address < mapping->end;
	if (fd >= 0)
		close(fd);
	return found && *mapping->path;
}

static void print(const char *text)
{
	/* There is no other way to report a failed write. */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(EXIT_FAILURE);
}

static void print_number(uint64_t number)
{
	char digits[24], *at = &digits[sizeof(digits) - 1];

	*at = '\0';
	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	print(at);
}

static void report_fault(int signal, siginfo_t *info, void *context)
{
	uint64_t address = (uintptr_t)info->si_addr;
	char line[PATH_MAX + 128];
	struct mapping mapping;

	(void)signal, (void)context;
	/* SA_RESETHAND: the repeated load ends the program, as without a handler. */
	if (info->si_code != BUS_ADRERR || !find_mapping(address, line, sizeof(line), &mapping))
		return;
	print(program_invocation_short_name);
	print(": \"");
	print(mapping.path);
	print("\" became shorter while it was read, or its disk fails: byte ");
	print_number(mapping.offset + (address - mapping.start));
	print(" is no longer there. Nothing was loaded\n");
	_exit(EXIT_FAILURE);
}

void file_fault_install(void)
{
	struct sigaction action = { .sa_sigaction = report_fault, .sa_flags = (int)(SA_SIGINFO | SA_RESETHAND) };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
