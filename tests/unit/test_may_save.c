/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel's own hibernation is refused, ours is, with the same reason. */
#include "hibernate/may_save.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* A machine's /proc and /sys, in a folder. */
struct machine_files {
	char *root;
};

static void put_text(const struct machine_files *files, const char *path, const char *text)
{
	AUTO_FREE char *whole = xasprintf("%s%s", files->root, path);

	for (char *slash = strchr(whole + strlen(files->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}

	FILE *file = fopen(whole, "we");

	if (!file || fputs(text, file) < 0 || fclose(file))
		exit(2);
}

static struct machine_files begin(const char *cmdline, const char *disk)
{
	struct machine_files files = { .root = make_folder() };

	put_text(&files, "/proc/cmdline", cmdline);
	put_text(&files, "/proc/1/maps", "55d0-55d1 r-xp 00000000 08:01 11 /sbin/init\n7ff0-7ff1 rw-p 0 00:00 0 [stack]\n");
	put_text(&files, "/proc/1/comm", "init\n");
	put_text(&files, "/proc/uptime", "1 1\n");
	if (disk)
		put_text(&files, "/sys/power/disk", disk);
	return files;
}

static void end(struct machine_files *files)
{
	AUTO_FREE char *command = xasprintf("rm -rf '%s'", files->root);

	if (system(command))
		exit(2);
	free(files->root);
}

static void check(const struct machine_files *files, bool force, const char *refusal, const char *when)
{
	struct error *error = may_save_check(files->root, force);

	if (!ok(refusal ? error && strstr(error_text(error), refusal) : !error, "%s: %s", when, refusal ? "refused" : "allowed"))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

static void with(const char *cmdline, const char *disk, bool force, const char *refusal, const char *when)
{
	struct machine_files files = begin(cmdline, disk);

	check(&files, force, refusal, when);
	end(&files);
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
	struct machine_files files = begin("quiet", "[disabled]\n");

	put_text(&files, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	check(&files, false, "locked down", "lockdown");
	check(&files, true, "locked down", "lockdown with --force");
	put_text(&files, "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	put_text(&files, "/sys/power/disk", "[platform]\n");
	check(&files, false, NULL, "no lockdown");
	end(&files);
}

static void test_secrets(void)
{
	struct machine_files files = begin("quiet", "[disabled]\n");

	put_text(&files, "/proc/77/maps", "7f10-7f11 rw-s 00000000 00:0f 1234       /secretmem (deleted)\n");
	put_text(&files, "/proc/77/comm", "keys\n");
	check(&files, false, "keys (process 77) has memory that must never be on a disk", "a program has secret memory");
	check(&files, true, "keys (process 77)", "the same, with --force");
	put_text(&files, "/proc/cmdline", "nohibernate");
	check(&files, true, "keys (process 77)", "--force is about nohibernate, not about secrets");
	put_text(&files, "/proc/77/maps", "7f10-7f11 rw-s 00000000 00:0f 1234       /tmp/secretmem\n");
	check(&files, true, NULL, "a file that is called so");
	put_text(&files, "/proc/77/fd/0", "");

	AUTO_FREE char *link = xasprintf("%s/proc/77/fd/5", files.root);

	if (symlink("/secretmem (deleted)", link))
		exit(2);
	check(&files, true, "keys (process 77)", "a secret that is not mapped yet");
	unlink(link);
	if (symlink("anon_inode:[secretmem]", link))
		exit(2);
	check(&files, true, "keys (process 77)", "one of a newer kernel");
	end(&files);
}

int main(void)
{
	test_words();
	test_lockdown();
	test_secrets();
	return tap_done();
}
