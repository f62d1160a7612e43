/* SPDX-License-Identifier: GPL-2.0-only */
/* A passphrase by systemd's program or plymouth's, which are replaced by scripts, and by what the kernel keeps of another. */
#include "hibernate/passphrase_program.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hibernate/cached_passphrases.h"
#include "lib/base/alloc.h"
#include "lib/base/secret.h"
#include "lib/khimage/khimage_keys.h"
#include "tests/tap.h"

static char work[] = "/tmp/kexec-jump-ask-XXXXXX";

static void put_program(const char *name, const char *script)
{
	AUTO_FREE char *path = xasprintf("%s/%s", work, name);
	FILE *file = fopen(path, "w");

	if (!file)
		exit(1);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	chmod(path, 0755);
}

static void remove_program(const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", work, name);

	unlink(path);
}

/* What is answered: a passphrase, "nothing", or "error". */
static void answers(const char *wanted, unsigned int seconds, const char *name)
{
	AUTO_SECRET char *passphrase = NULL;
	struct error *error = passphrase_program_ask(work, "Passphrase of it: ", seconds, &passphrase);
	const char *found = error ? "error" : passphrase ? passphrase : "nothing";

	if (!ok(!strcmp(found, wanted), "%s", name))
		printf("# '%s' instead of '%s' %s\n", found, wanted, error ? error_text(error) : "");
	error_free(error);
}

static void test_programs(void)
{
	AUTO_FREE char *folder = xasprintf("/bin/mkdir -p %s/run/systemd/system", work);

	answers("nothing", 1, "neither is there");
	put_program("systemd-ask-password", "echo by systemd");
	answers("nothing", 1, "systemd's, and systemd does not run");
	put_program("plymouth", "[ \"$1\" = --ping ] || printf 'of plymouth: %s' \"$2\"");
	answers("of plymouth: --prompt=Passphrase of it: ", 1, "plymouth's, which writes no end of a line");
	put_program("plymouth", "[ \"$1\" != --ping ] || exit 1; echo no daemon");
	answers("nothing", 1, "plymouth's daemon does not run");
	put_program("plymouth", "[ \"$1\" != --ping ] || exec /bin/sleep 600; echo no daemon");
	answers("nothing", 1, "it hangs");
	if (system(folder))
		exit(1);
	answers("by systemd", 1, "systemd's, where it runs");
	put_program("systemd-ask-password", "for last; do :; done; echo \"$last|$*\"");
	answers("Passphrase of it: |--id=khibernate:snapshot --icon=drive-harddisk --timeout=7 Passphrase of it: ", 7,
		"how it is called");
	put_program("systemd-ask-password", "echo half; exit 1");
	answers("nothing", 1, "systemd's fails: the terminal is asked");
	put_program("plymouth", "[ \"$1\" = --ping ] || echo by plymouth");
	answers("by plymouth", 1, "or plymouth");
	put_program("systemd-ask-password", "/bin/sleep 1; exit 1");
	answers("error", 1, "but not if that only ended at its own time: nobody is there");
	remove_program("systemd-ask-password");
	answers("by plymouth", 0, "and where it is missing, without a limit of time");
	put_program("plymouth", "[ \"$1\" = --ping ] || echo");
	answers("nothing", 1, "an empty answer");
	put_program("plymouth", "[ \"$1\" = --ping ] || exec /bin/sleep 30");
	answers("error", 1, "no answer in time");
}

/* In a child: it gets a keyring of its own. Statuses: it was opened, and the key is gone, and the like. */
static int try_in_child(const char *restoring, const char *name, const char *value, size_t size)
{
	struct khimage_unlocking unlocking = { .key_file = restoring };
	long key = syscall(SYS_add_key, "user", name, value, size, KEY_SPEC_USER_KEYRING);

	if (key < 0)
		return 77;
	cached_passphrases_try(&unlocking);

	bool is_open = unlocking.key != NULL;
	bool is_there = syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, NULL, 0) > 0;
	/* As systemd looks for one before it asks. */
	bool is_in_the_way = !is_there && (syscall(SYS_request_key, "user", name, NULL, 0) >= 0 || errno != ENOKEY);

	khimage_unlocking_deinit(&unlocking);
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
	return is_open | is_there << 1 | is_in_the_way << 2;
}

static int tried(const char *restoring, const char *name, const char *value, size_t size)
{
	pid_t child = fork();
	int status = -1;

	if (!child)
		_exit(try_in_child(restoring, name, value, size));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* As khibernate unseal makes it of the one that takes a passphrase. */
static bool write_open(const char *restoring)
{
	struct khkey_sealed sealed;
	AUTO_SECRET struct khkey_open *key = NULL;
	bool is_wrong, written = false;
	struct error *error = khkey_read_restoring(restoring, &sealed, &key);

	if (!error)
		error = khkey_unseal(&sealed, "right one", &key, &is_wrong);

	FILE *file = error || !key ? NULL : fopen(restoring, "w");

	if (file) {
		written = fwrite(key, sizeof(*key), 1, file) == 1;
		written &= !fclose(file);
	}
	error_free(error);
	return written;
}

#define VALUE(text) text, sizeof(text)

static void test_cached(void)
{
	AUTO_FREE char *saving = xasprintf("%s/saving.key", work), *restoring = xasprintf("%s/restoring.key", work);
	struct error *error = khkey_write_pair("right one", saving, restoring);
	int found = error ? 77 : tried(restoring, "cryptsetup", VALUE("not\0right one"));

	error_free(error);
	if (found == 77) {
		puts("# this kernel keeps no keys for its users, or there is no libsodium");
		return;
	}
	ok(found == 1, "one of systemd's opens the key, and is removed from the kernel");
	ok(tried(restoring, "cryptsetup:disk", VALUE("right one")) == 1, "one of a keyscript, with a NUL");
	ok(tried(restoring, "cryptsetup:disk", "right one", 9) == 1, "and without");
	ok(tried(restoring, "cryptsetup", VALUE("wrong")) == 2, "another one stays for whom it is for");
	ok(tried(restoring, "somebody", VALUE("right one")) == 2, "what is no passphrase of disks is not tried");
	ok(tried(saving, "cryptsetup", VALUE("right one")) == 2, "a file that it does not open takes none away");
	ok(write_open(restoring) && tried(restoring, "cryptsetup", VALUE("right one")) == 3,
	   "a key that is open without one leaves it");
}

int main(void)
{
	AUTO_FREE char *clean = NULL;

	if (!mkdtemp(work))
		return 1;
	/* This machine may have the real ones. */
	setenv("PATH", work, 1);
	test_programs();
	test_cached();
	clean = xasprintf("/bin/rm -r %s", work);
	return system(clean) ? 1 : tap_done();
}
