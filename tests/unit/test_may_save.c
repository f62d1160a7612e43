/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel's own hibernation is refused, ours is, with the same reason. */
#include "hibernate/may_save.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* A machine's /proc and /sys, in a folder. */
static char *begin(const char *cmdline, const char *disk)
{
	char *root = make_folder();

	put_file_below(root, "/proc/cmdline", cmdline);
	put_file_below(root, "/proc/1/maps", "55d0-55d1 r-xp 00000000 08:01 11 /sbin/init\n7ff0-7ff1 rw-p 0 00:00 0 [stack]\n");
	put_file_below(root, "/proc/1/comm", "init\n");
	put_file_below(root, "/proc/uptime", "1 1\n");
	if (disk)
		put_file_below(root, "/sys/power/disk", disk);
	return root;
}

static void check(const char *root, bool force, const char *refusal, const char *when)
{
	struct error *error = may_save_check(root, force);

	if (!ok(refusal ? error && strstr(error_text(error), refusal) : !error, "%s: %s", when, refusal ? "refused" : "allowed"))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

static void with(const char *cmdline, const char *disk, bool force, const char *refusal, const char *when)
{
	char *root = begin(cmdline, disk);

	check(root, force, refusal, when);
	remove_tree(root);
}

static void test_words(void)
{
	const char *const choices = "[platform] shutdown reboot suspend test_resume\n";

	with("quiet", choices, false, NULL, "nothing against it");
	with("quiet", NULL, false, NULL, "a kernel without hibernation of its own");
	with("nohibernate quiet", "[disabled]\n", false, "nohibernate is on this kernel's command line", "nohibernate");
	with("nohibernate quiet", NULL, false, "(--force, if it is)", "nohibernate where no file says more");
	with("nohibernate quiet", "[disabled]\n", true, NULL, "nohibernate with --force");
	with("hibernate=no", "[disabled]\n", false, "hibernate=no is on", "hibernate=no");
	with("hibernate=nocompress", choices, false, NULL, "hibernate=nocompress");
	with("hibernate=noresume", choices, false, NULL, "hibernate=noresume");
	with("quiet", "[disabled]\n", false, "/sys/power/disk", "disabled for a reason that cannot be seen");
	with("quiet", "[disabled]\n", true, "/sys/power/disk", "the same, with --force");
}

static void test_lockdown(void)
{
	char *root = begin("quiet", "[disabled]\n");

	put_file_below(root, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	check(root, false, "locked down", "lockdown");
	check(root, true, "locked down", "lockdown with --force");
	put_file_below(root, "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	put_file_below(root, "/sys/power/disk", "[platform]\n");
	check(root, false, NULL, "no lockdown");
	remove_tree(root);
}

static void test_secrets(void)
{
	char *root = begin("quiet", "[disabled]\n");

	put_file_below(root, "/proc/77/maps", "7f10-7f11 rw-s 00000000 00:0f 1234       /secretmem (deleted)\n");
	put_file_below(root, "/proc/77/comm", "keys\n");
	check(root, false, "keys (process 77) has memory that must never be on a disk", "a program has secret memory");
	check(root, true, "keys (process 77)", "the same, with --force");
	put_file_below(root, "/proc/cmdline", "nohibernate");
	check(root, true, "keys (process 77)", "--force is about nohibernate, not about secrets");
	put_file_below(root, "/proc/77/maps", "7f10-7f11 rw-s 00000000 00:0f 1234       /tmp/secretmem\n");
	check(root, true, NULL, "a file that is called so");
	put_file_below(root, "/proc/77/fd/0", "");

	AUTO_FREE char *link = xasprintf("%s/proc/77/fd/5", root);

	if (symlink("/secretmem (deleted)", link))
		exit(2);
	check(root, true, "keys (process 77)", "a secret that is not mapped yet");
	unlink(link);
	if (symlink("anon_inode:[secretmem]", link))
		exit(2);
	check(root, true, "keys (process 77)", "one of a newer kernel");
	remove_tree(root);
}

static void test_broken_memory(void)
{
	char *root = begin("quiet", NULL);

	put_file_below(root, "/proc/meminfo", "MemTotal: 1000000 kB\nHardwareCorrupted:     0 kB\n");
	check(root, false, NULL, "memory without errors");
	put_file_below(root, "/proc/meminfo", "MemTotal: 1000000 kB\nHardwareCorrupted:     8 kB\n");
	check(root, false, "8 KiB of memory are broken", "memory with errors");
	check(root, true, NULL, "the same, with --force");
	remove_tree(root);
}

int main(void)
{
	test_words();
	test_lockdown();
	test_secrets();
	test_broken_memory();
	return tap_done();
}
