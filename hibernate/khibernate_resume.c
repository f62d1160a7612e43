/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * khibernate resume: this kernel restores the snapshot by placement. If it cannot, it starts another one for that,
 * inside the snapshot's window.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hibernate/cached_passphrases.h"
#include "hibernate/encryption.h"
#include "hibernate/snapshot_origin.h"
#include "hibernate/in_use.h"
#include "hibernate/khibernate.h"
#include "hibernate/missing_disks.h"
#include "hibernate/passphrase_program.h"
#include "hibernate/place_hooks.h"
#include "hibernate/refused_jump.h"
#include "hibernate/restoring_child.h"
#include "hibernate/second_kernel.h"
#include "hibernate/swap_place.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/core/jump_note.h"
#include "lib/disk/device_name.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

/* The files of the restoring kernel in the initramfs of an ordinary boot. */
#define BOOT_KERNEL "/khibernate/kernel"
#define BOOT_INITRD "/khibernate/initrd"

#define WAIT_SECONDS 10

/* For the disks that the saved kernel used. */
#define DISKS_WAIT_SECONDS 30

/* An hour is long enough for any answer. */
#define SECONDS_MAX 3600

/* A restore that never finishes must not keep the machine from booting. */
#define ATTEMPTS_MAX 3

/* Early in a boot, disks are still being found. Of mirrors one that is there in the end is enough. */
static struct error *wait_for_device(const char *spec, char **ret_path)
{
	struct error *error = device_name_find(spec, ret_path);

	for (int tries = 0; error && tries < WAIT_SECONDS * 10; tries++) {
		error_free(error);
		usleep(100000);
		error = device_name_find(spec, ret_path);
	}
	if (!error)
		return NULL;
	error_free(error);
	return device_name_find_some(spec, ret_path);
}

static void say(const char *text)
{
	printf("khibernate: %s\n", text);
	fflush(stdout);
}

static const char *either(const char *first, const char *second)
{
	return access(first, R_OK) ? second : first;
}

/* `spec` is a name of the device at `path`, for the other kernel. */
static struct error *start_restorer(const struct invocation *invocation, const char *spec, const char *path,
				    struct khimage_unlocking *unlocking)
{
	/* Of this snapshot only: copies of it stay in memory that the saved kernel had free. */
	AUTO_SECRET struct khkey_open *key = NULL;
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	const struct khibernate_config *config = &invocation->config;
	const char *kernel = either(BOOT_KERNEL, config->kernel), *initrd = either(BOOT_INITRD, config->initrd);
	struct error *error = khimage_open(&snapshot, path);

	if (!error)
		error = khimage_unlock(&snapshot, unlocking);
	if (!error)
		error = jump_note_find(&snapshot.core, &note);
	if (!error && snapshot.crypt)
		key = khimage_crypt_pass(snapshot.crypt, &snapshot.superblock);
	if (!error && *kernel && access(kernel, R_OK))
		error = error_new("there is no %s (khibernate(8), fallback=)", kernel);
	struct bytes key_bytes = { (const uint8_t *)key, key ? sizeof(*key) : 0 };

	if (!error)
		error = second_kernel_load_restorer(kernel, initrd, config->append, spec, &snapshot.superblock, &note,
						    key_bytes);
	/* After the jump nothing overwrites them. */
	khimage_unlocking_deinit(unlocking);
	secret_free(key);
	key = NULL;
	khimage_close(&snapshot);
	if (error)
		return error;
	tcdrain(STDOUT_FILENO);
	return sys_reboot_kexec();
}

/* Takes ownership of `why`, the reason why this kernel cannot restore the snapshot. */
static struct error *fall_back(const struct invocation *invocation, const char *spec, const char *path,
			       struct khimage_unlocking *unlocking, struct error *why)
{
	AUTO_FREE char *text = xasprintf("%s; starting the kernel that restores it", error_text(why));

	say(text);

	struct error *error = start_restorer(invocation, spec, path, unlocking);
	struct error *both = error ? error_new("%s. Nor can another one be started for it: %s", error_text(why),
					       error_text(error)) :
				     error_new("%s. The one that was started for it returned", error_text(why));

	error_free(error);
	error_free(why);
	return both;
}

static struct error *ask_by_program(const char *prompt, unsigned int seconds, char **ret_passphrase)
{
	return passphrase_program_ask("/", prompt, seconds, ret_passphrase);
}

/* Where encryption is set, nothing else is restored: it would be a forged snapshot, or one from before. */
static struct khimage_unlocking unlocking_for(const struct invocation *invocation, const char *terminal,
					      char **ret_path)
{
	*ret_path = encryption_restoring_path(invocation);

	const char *usual = access(*ret_path, R_OK) ? NULL : *ret_path;

	return (struct khimage_unlocking){ .key_file = invocation->key_file ? invocation->key_file : usual,
					   .passphrase_file = invocation->passphrase_file, .terminal = terminal, .say = say,
					   .ask = invocation->boot ? ask_by_program : NULL,
					   .before_asking = invocation->boot ? hide_splash : NULL,
					   .is_required = encryption_is_set(invocation) };
}

static void say_what(const char *path)
{
	struct khimage_superblock superblock;
	struct error *error = khimage_read_state(path, &superblock, NULL);

	if (!error) {
		AUTO_FREE char *when = time_text(superblock.created);
		AUTO_FREE char *text = xasprintf("snapshot %" PRIu64 " of %s is on %s", superblock.generation, when, path);

		say(text);
	}
	error_free(error);
}

/* `ask`: what to do about missing disks; NULL: nothing. */
static struct error *restore(const struct invocation *invocation, const char *spec, const char *path,
			     struct missing_disks *ask, struct khimage_unlocking *unlocking, bool *ret_locked)
{
	struct restoring restoring = { .snapshot = path, .program = "khibernate", .say = say, .unlocking = unlocking };
	bool other_kernel;

	restoring.except = (struct filesystem_guard_except){ .say = say };
	if (ask) {
		restoring.console = ask->console;
		restoring.except.wait_seconds = DISKS_WAIT_SECONDS;
		restoring.except.ask = missing_disks_ask;
		restoring.except.ask_context = ask;
	}

	struct error *error = restoring_open_key(&restoring);

	*ret_locked = error != NULL;
	/* Not before: who switches the machine off at the question for the passphrase has not tried anything. */
	if (!error && ask)
		error = khimage_count_attempt(path);
	if (error)
		return error;
	error = restoring_run_in_child(&restoring, &other_kernel);

	if (error && other_kernel)
		return fall_back(invocation, spec, path, unlocking, error);
	return error ? error : error_new("the restored kernel returned");
}

static unsigned int ask_seconds(const char *cmdline)
{
	AUTO_FREE char *value = NULL;
	uint64_t seconds;

	if (!cmdline_find(cmdline, "khwait", &value) || !value || !parse_number(value, &seconds) ||
	    seconds > SECONDS_MAX)
		return MISSING_DISKS_SECONDS;
	return (unsigned int)seconds;
}

/* A swap area that holds no snapshot, or one that was restored, is one again before the system swaps on. */
static struct error *make_swap(const char *path)
{
	bool done;
	struct error *error = swap_place_recover(path, "", false, &done);

	if (!error && done)
		printf("khibernate: %s is a swap area again\n", path);
	return error;
}

/* The boot continues and mounts file systems: a snapshot that is not resumed now must not be resumed later. */
static struct error *discard_snapshot(const struct invocation *invocation, const char *path, const char *why)
{
	struct error *error = invocation_give_up(invocation, path);

	if (!error)
		printf("khibernate: the snapshot on %s is given up: %s\n", path, why);
	if (!error)
		error = make_swap(path);
	return error_prefix(error, "%s; and the snapshot cannot be given up: do not let it be resumed later", why);
}

/* A restore by placement may have ended in a reset, in this machine's last boot. */
static struct error *judge_used(const char *path, struct khimage_superblock *superblock)
{
	bool is_used = superblock->state == KHIMAGE_USED && superblock->jump_token, taken_back;
	struct error *error = refused_jump_take_back(path, superblock, true, &taken_back);

	if (taken_back && !error)
		printf("khibernate: the jump to the snapshot on %s was refused before it had changed anything: once "
		       "more\n", path);
	else if (is_used)
		printf("khibernate: the snapshot on %s is used: its kernel resumed and ended without khibernate, or the "
		       "machine was switched off during the jump; it is not resumed\n", path);
	return error;
}

/*
 * Asks for the passphrase until it is right, or until the user decides otherwise: a wrong one does not cost the saved
 * system. *ret_locked: the snapshot is none that this system has encrypted, or the boot is to go on without it.
 */
static struct error *restore_unlocked(const struct invocation *invocation, const char *spec, const char *path,
				      bool is_encrypted, struct missing_disks *disks, bool *ret_locked)
{
	AUTO_FREE char *key = NULL;
	struct khimage_unlocking unlocking = unlocking_for(invocation, disks->console, &key);
	struct error *error;

	unlocking.ask_seconds = disks->seconds;
	if (is_encrypted && !unlocking.passphrase_file)
		cached_passphrases_try(&unlocking);
	for (;;) {
		error = restore(invocation, spec, path, disks, &unlocking, ret_locked);
		if (!*ret_locked || unlocking.is_untrusted || !locked_snapshot_ask(disks, error_text(error)))
			break;
		error_free(error);
	}
	/* The user gives it up. */
	*ret_locked &= unlocking.is_untrusted;
	khimage_unlocking_deinit(&unlocking);
	return error;
}

/* As long as the user wants. Without the place, the boot continues without a look at the snapshot. */
static struct error *open_place(struct place_hooks *hooks, const struct invocation *invocation, const char *cmdline,
				const struct missing_disks *ask)
{
	struct error *error = place_hooks_open(hooks, invocation);

	while (error && !has_noresume(cmdline) && missing_place_ask(ask, error_text(error))) {
		error_free(error);
		error = place_hooks_open(hooks, invocation);
	}
	return error;
}

/* A snapshot of another machine costs no attempt. If this machine was changed, "khibernate expire" ends it. */
static struct error *resume_in_boot(const struct invocation *invocation, const char *cmdline)
{
	struct missing_disks disks = { .console = "/dev/console", .seconds = ask_seconds(cmdline), .say = say,
				       .switch_off = sys_power_off };
	AUTO_PLACE_HOOKS struct place_hooks hooks = { 0 };
	AUTO_FREE char *spec = boot_device(invocation, cmdline);
	AUTO_FREE char *path = NULL;
	struct khimage_superblock superblock = { 0 };
	bool is_locked = false;
	struct error *error;

	if (!spec)
		return NULL;
	error = open_place(&hooks, invocation, cmdline, &disks);
	if (!error)
		error = wait_for_device(spec, &path);
	if (!error)
		error = read_uncached(path, &superblock, NULL);
	if (!error)
		error = judge_used(path, &superblock);
	if (error || superblock.state != KHIMAGE_COMMITTED)
		return error ? error : make_swap(path);
	if (snapshot_is_of_other_memory(path)) {
		snapshot_print_left_alone(path);
		return NULL;
	}
	if (has_noresume(cmdline))
		return discard_snapshot(invocation, path, "noresume is on the command line");
	if (superblock.attempts >= ATTEMPTS_MAX)
		return discard_snapshot(invocation, path, "it was to be restored three times, and that never came to its end");

	disks.snapshot = path;
	say_what(path);
	error = restore_unlocked(invocation, spec, path, superblock.encryption.cipher, &disks, &is_locked);
	/* Not this boot's to give up. */
	if (is_locked)
		return error_prefix(error, "the snapshot is left alone");

	AUTO_FREE char *why = xstrdup(error_text(error));

	error_free(error);
	return discard_snapshot(invocation, path, why);
}

static struct error *resume_by_hand(const struct invocation *invocation)
{
	AUTO_FREE char *path = NULL;
	struct khimage_superblock superblock = { 0 };
	AUTO_PLACE_HOOKS struct place_hooks hooks = { 0 };
	struct error *error = place_hooks_open(&hooks, invocation);

	if (!error)
		error = invocation_device(invocation, &path);
	if (!error)
		error = read_superblock(path, &superblock, NULL);
	if (!error)
		error = khimage_check_state(superblock.state, path);
	if (!error && !invocation->force)
		error = in_use_check("/");
	if (error)
		return error;

	AUTO_FREE char *key = NULL;
	struct khimage_unlocking unlocking = unlocking_for(invocation, "/dev/tty", &key);
	bool is_locked;

	error = restore(invocation, invocation->config.device, path, NULL, &unlocking, &is_locked);
	khimage_unlocking_deinit(&unlocking);
	return error;
}

struct error *khibernate_resume(struct invocation *invocation)
{
	AUTO_FREE char *cmdline = NULL;
	struct error *error = machine_cmdline("/", &cmdline);

	if (error)
		return error;
	return invocation->boot ? resume_in_boot(invocation, cmdline) : resume_by_hand(invocation);
}
