/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory limit of this process's control group, of both versions, beside the machine's memory. */
#include "lib/machine/memory_cgroup.h"

#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define MEMINFO "MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n"

static void put_group(const char *root, const char *path, const char *limit, const char *usage, const char *stat)
{
	AUTO_FREE char *limit_path = xasprintf("/sys/fs/cgroup%s/memory.max", path);
	AUTO_FREE char *usage_path = xasprintf("/sys/fs/cgroup%s/memory.current", path);
	AUTO_FREE char *stat_path = xasprintf("/sys/fs/cgroup%s/memory.stat", path);

	put_file_below(root, limit_path, limit);
	put_file_below(root, usage_path, usage);
	put_file_below(root, stat_path, stat);
}

static void test_second_version(void)
{
	char *root = make_folder();

	is_u64(memory_cgroup_room(root), UINT64_MAX, "a kernel without control groups");
	put_file_below(root, "/proc/meminfo", MEMINFO);
	put_file_below(root, "/proc/self/cgroup", "0::/user.slice/session\n");
	is_u64(memory_cgroup_room(root), UINT64_MAX, "groups that are not mounted");
	put_group(root, "/user.slice/session", "max\n", "41943040\n", "");
	is_u64(memory_cgroup_room(root), UINT64_MAX, "no limit");
	is_text(memory_cgroup_text(root), "", "is not blamed");
	put_group(root, "/user.slice", "104857600\n", "52428800\n", "anon 1\nfile 20\ninactive_file 4194304\nactive_file 1048576\n");
	is_u64(memory_cgroup_room(root), 55 * MIB, "the limit of the one above, whose files' pages are given up");
	is_text(memory_cgroup_text(root), ", by the memory limit of its control group", "is blamed");
	put_group(root, "/user.slice/session", "62914560\n", "41943040\n", "");
	is_u64(memory_cgroup_room(root), 20 * MIB, "the lower of two");
	put_group(root, "/user.slice/session", "1048576\n", "41943040\n", "");
	is_u64(memory_cgroup_room(root), 0, "a limit that was lowered");
	remove_tree(root);
}

static void test_first_version(void)
{
	char *root = make_folder();

	put_file_below(root, "/proc/meminfo", MEMINFO);
	put_file_below(root, "/proc/self/cgroup", "9:cpu,cpuacct:/other\n4:memory:/a\n0::/system.slice\n");
	put_file_below(root, "/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "10485760\n");
	put_file_below(root, "/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "3145728\n");
	put_file_below(root, "/sys/fs/cgroup/memory/a/memory.stat", "cache 9\ntotal_inactive_file 1048576\n");
	is_u64(memory_cgroup_room(root), 8 * MIB, "the first version");
	put_file_below(root, "/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
	is_text(memory_cgroup_text(root), "", "its largest number is no limit");
	remove_tree(root);
}

int main(void)
{
	test_second_version();
	test_first_version();
	return tap_done();
}
