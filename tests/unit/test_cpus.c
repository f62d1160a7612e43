/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's CPUs: how many, what offline ones wait in, and whether CPU 0 is the bootstrap processor. */
#include "lib/machine/cpus.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define ONE_CPU "processor\t: 0\nflags\t\t: fpu msr "

static const struct {
	const char *what, *present, *cpuinfo;
	uint64_t apic_base; /* 0: not shown */
	unsigned int count;
	bool has_mwait, not_bootstrap;
} machines[] = {
	{ "nothing is shown", NULL, NULL, 0, 0, false, false },
	{ "one CPU", "0\n", ONE_CPU "monitor\n", 0xfee00900, 1, true, false },
	{ "two CPUs, one of them offline", "0-1\n", ONE_CPU "monitor vmx\n", 0xfee00900, 2, true, false },
	{ "two CPUs without sysfs", NULL, ONE_CPU "\n\nprocessor\t: 1\nflags\t\t: fpu\n", 0, 2, false, false },
	{ "no MWAIT, but a flag of a longer name", "0,2\n", ONE_CPU "monitorx sysmonitor\n", 0, 3, false, false },
	{ "x2APIC", "0-3\n", ONE_CPU "monitor\n", 0xfee00d00, 4, true, false },
	{ "a crash kernel that came up on another CPU", "0-3\n", ONE_CPU "monitor\n", 0xfee00800, 4, true, true },
	{ "the same with one CPU", "0\n", ONE_CPU "monitor\n", 0xfee00800, 1, true, true },
};

static void write_at(const char *folder, const char *below, const char *name, const void *data, size_t size)
{
	AUTO_FREE char *inside = xasprintf("%s/%s", folder, below);

	if (data)
		free(write_file(inside, name, (struct bytes){ data, size }));
}

/* A machine's files in a folder of their own. */
static struct cpus read_machine(size_t number)
{
	static const char *const folders[] = { "proc", "dev", "dev/cpu", "dev/cpu/0", "sys", "sys/devices",
					       "sys/devices/system", "sys/devices/system/cpu" };
	const char *present = machines[number].present, *cpuinfo = machines[number].cpuinfo;
	uint8_t msr[0x1b + 8] = { 0 };
	char *folder = make_folder();

	for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, folders[i]);

		mkdir(path, 0755);
	}
	memcpy(msr + 0x1b, &machines[number].apic_base, 8);
	write_at(folder, "proc", "cpuinfo", cpuinfo, cpuinfo ? strlen(cpuinfo) : 0);
	write_at(folder, "sys/devices/system/cpu", "present", present, present ? strlen(present) : 0);
	write_at(folder, "dev/cpu/0", "msr", machines[number].apic_base ? msr : NULL, sizeof(msr));

	struct cpus cpus = cpus_read(folder);
	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", folder);

	if (system(remove))
		diag("%s is left", folder);
	free(folder);
	return cpus;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(machines); i++) {
		struct cpus cpus = read_machine(i);

		is_u64(cpus.count, machines[i].count, "%s: CPUs", machines[i].what);
		ok(cpus.has_mwait == machines[i].has_mwait, "%s: MWAIT", machines[i].what);
		ok(cpus.not_bootstrap == machines[i].not_bootstrap, "%s: bootstrap", machines[i].what);
		if (cpus.count > 1 && cpus.not_bootstrap)
			ok(error_contains(cpus_check_jump(&cpus), "nr_cpus=1"), "%s: no jump", machines[i].what);
		else
			ok(no_error(cpus_check_jump(&cpus)), "%s: may jump", machines[i].what);
	}
	return tap_done();
}
