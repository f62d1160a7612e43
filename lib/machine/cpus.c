/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/cpus.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* Intel SDM vol. 3, "Local APIC Status and Location" */
#define MSR_APIC_BASE 0x1b
#define APIC_BASE_BOOTSTRAP (UINT64_C(1) << 8)

/* The last number of a list as "0-3" or "0,2", and 1; 0 if there is no list. */
static unsigned int count_present(const char *root)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/sys/devices/system/cpu/present", &text, NULL);

	if (error) {
		error_free(error);
		return 0;
	}
	const char *last = text;

	for (const char *at = strpbrk(text, "-,"); at; at = strpbrk(at + 1, "-,"))
		last = at + 1;
	return (unsigned int)strtoul(last, NULL, 10) + 1;
}

bool cpuinfo_line_has(const char *line, const char *flag)
{
	size_t length = strlen(flag);

	for (const char *at = strstr(line, flag); at; at = strstr(at + 1, flag))
		if (at > line && strchr(" \t", at[-1]) && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static void read_cpuinfo(const char *root, struct cpus *cpus)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/cpuinfo", &text, NULL);
	const char *cursor = error ? "" : text;
	unsigned int count = 0;
	char *next;

	error_free(error);
	while ((next = next_line(&cursor))) {
		AUTO_FREE char *line = next;

		count += !strncmp(line, "processor\t", strlen("processor\t"));
		if (strncmp(line, "flags", strlen("flags")) != 0)
			continue;
		cpus->has_mwait |= cpuinfo_line_has(line, "monitor");
		cpus->has_gib_pages |= cpuinfo_line_has(line, "pdpe1gb");
	}
	if (!cpus->count)
		cpus->count = count;
}

static bool reads_not_bootstrap(const char *root)
{
	AUTO_FREE char *path = path_below(root, "/dev/cpu/0/msr");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t value = 0;
	bool read = fd >= 0 && pread(fd, &value, sizeof(value), MSR_APIC_BASE) == sizeof(value);

	if (fd >= 0)
		close(fd);
	return read && !(value & APIC_BASE_BOOTSTRAP);
}

struct cpus cpus_read(const char *root)
{
	struct cpus cpus = { .count = count_present(root), .not_bootstrap = reads_not_bootstrap(root) };

	read_cpuinfo(root, &cpus);
	return cpus;
}

struct error *cpus_check_jump(const struct cpus *cpus)
{
	if (cpus->count < 2 || !cpus->not_bootstrap)
		return NULL;
	return error_new("CPU 0 of this kernel is not the one that the machine was started with (is this a crash kernel?): a "
			 "jump from it cannot stop the other CPUs, which would run in memory that changes; start this "
			 "kernel with nr_cpus=1");
}
