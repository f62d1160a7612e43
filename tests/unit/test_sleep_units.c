/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate enable and disable: systemd's drop-ins; and the programs of system-sleep, run before and after. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/sleep_hooks.h"
#include "hibernate/sleep_units.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define UNITS "/etc/systemd/system/"

static void has(const char *root, const char *path, const char *wanted, const char *name)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);

	if (!ok(wanted ? text && strstr(text, wanted) : !text, "%s", name))
		diag("%s: %s", path, text ? text : "there is no such file");
	error_free(error);
}

static void is_error(struct error *error, const char *wanted, const char *name)
{
	if (!ok(wanted ? error && strstr(error_text(error), wanted) : !error, "%s", name))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

static void test_units(void)
{
	char *root = make_folder();
	bool removed = false;

	put_file_below(root, UNITS "systemd-logind.service.d/mine.conf", "[Service]\n");
	is_error(sleep_units_write(root, "/usr/sbin/khibernate"), NULL, "the units are written");
	has(root, UNITS "systemd-hibernate.service.d/khibernate.conf",
	    "[Service]\nExecStart=\nExecStart=\"/usr/sbin/khibernate\" hibernate --sleep=hibernate\n", "hibernate");
	has(root, UNITS "systemd-hybrid-sleep.service.d/khibernate.conf", "hibernate --sleep=hybrid-sleep\n",
	    "hybrid-sleep");
	has(root, UNITS "systemd-suspend-then-hibernate.service.d/khibernate.conf",
	    "hibernate --sleep=suspend-then-hibernate\n", "suspend-then-hibernate");
	has(root, UNITS "systemd-logind.service.d/khibernate.conf",
	    "\nEnvironment=SYSTEMD_BYPASS_HIBERNATION_MEMORY_CHECK=1\n", "logind");
	is_error(sleep_units_write(root, "/usr/sbin/khibernate"), NULL, "they are written again");
	is_error(sleep_units_remove(root, &removed), NULL, "they are removed");
	ok(removed, "there were some");
	has(root, UNITS "systemd-logind.service.d/khibernate.conf", NULL, "none is left of logind's");
	has(root, UNITS "systemd-logind.service.d/mine.conf", "[Service]", "a file of others is");

	AUTO_FREE char *folder = path_below(root, UNITS "systemd-hibernate.service.d");
	struct stat status;

	ok(stat(folder, &status) != 0, "an empty folder is removed, too");
	is_error(sleep_units_remove(root, &removed), NULL, "nothing is removed again");
	ok(!removed, "there were none");
	is_error(sleep_units_write(root, "/a\"b"), "would read", "a path that systemd reads in another way");
	is_error(sleep_units_write(folder, "/usr/sbin/khibernate"), "cannot make the folder", "no systemd");
	remove_tree(root);
}

static void put_hook(const char *root, const char *name, const char *script, mode_t mode)
{
	AUTO_FREE char *path = path_below(root, name);

	put_file_below(root, name, script);
	chmod(path, mode);
}

static void test_hooks(void)
{
	char *root = make_folder();
	AUTO_FREE char *folder = path_below(root, "/hooks");
	AUTO_FREE char *note = xasprintf("#!/bin/sh\necho \"$1 $2 $SYSTEMD_SLEEP_ACTION\" >>%s/note\n", root);
	const struct sleep_step step = { "suspend-then-hibernate", "hibernate" };

	put_hook(root, "/hooks/one", note, 0755);
	put_hook(root, "/hooks/fails", "#!/bin/sh\nexit 3\n", 0755);
	put_hook(root, "/hooks/none", note, 0644);
	put_hook(root, "/hooks/.hidden", note, 0755);
	sleep_hooks_run(folder, "pre", &step);
	has(root, "/note", "pre suspend-then-hibernate hibernate\n", "a program is run");
	sleep_hooks_run(folder, "post", &step);
	has(root, "/note", "pre suspend-then-hibernate hibernate\npost suspend-then-hibernate hibernate\n",
	    "once before, once after");
	sleep_hooks_run(root, "pre", &step);
	sleep_hooks_run("/there/is/none", "pre", &step);

	AUTO_FREE char *text = NULL;

	error_free(read_small_file(root, "/note", &text, NULL));
	ok(text && strlen(text) == strlen("pre suspend-then-hibernate hibernate\npost suspend-then-hibernate hibernate\n"),
	   "only those are run that are executable and not hidden");
	remove_tree(root);
}

int main(void)
{
	test_units();
	test_hooks();
	return tap_done();
}
