/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate hibernate: from the check of the snapshot's device until this kernel continues. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/encryption.h"
#include "hibernate/fresh_random.h"
#include "hibernate/keep_check.h"
#include "hibernate/khibernate.h"
#include "hibernate/mailbox.h"
#include "hibernate/may_save.h"
#include "hibernate/next_boot.h"
#include "hibernate/place_hooks.h"
#include "hibernate/placing_room.h"
#include "hibernate/put_off.h"
#include "hibernate/saver_file.h"
#include "hibernate/second_kernel.h"
#include "hibernate/snapshot_file.h"
#include "hibernate/step_times.h"
#include "hibernate/suspend.h"
#include "hibernate/swap_place.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/secret.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/devices_in_use.h"
#include "lib/disk/md_arrays.h"
#include "lib/disk/storage.h"
#include "lib/disk/unneeded_drivers.h"
#include "lib/disk/usb_disks.h"
#include "lib/khimage/khimage_keys.h"
#include "lib/machine/machine.h"

/* The saver cannot detect that this kernel has mounted the device, so it is checked here. */
static struct error *check_unused(const char *device)
{
	struct storage storage;
	/* Opened for writing as well, like the saver does. */
	struct error *error = storage_open(&storage, device, STORAGE_ALONE, O_RDWR, 0);

	return error ? error : storage_close(&storage, device);
}

static struct error *check_device(const char *device, const char *file, struct khimage_superblock *ret_superblock)
{
	struct khimage_superblock superblock = { 0 };
	struct error *error = *file ? snapshot_file_check(file, device) : check_unused(device);

	if (!error)
		error = read_superblock(device, &superblock, NULL);
	if (error)
		return error;
	if (superblock.state == KHIMAGE_COMMITTED) {
		AUTO_FREE char *when = time_text(superblock.created);

		return error_new("%s holds a snapshot of %s that was not resumed; \"khibernate cancel\" gives it up", device,
				 when);
	}
	*ret_superblock = superblock;
	return NULL;
}

/* Longer than md takes to mark an array as clean after the last write. */
#define CLEAN_MILLISECONDS 3000

/* The sync marks arrays as dirty, and the boot that resumes this kernel may assemble them. */
static void wait_for_arrays(void)
{
	AUTO_FREE char *dirty = md_arrays_wait_clean("/", CLEAN_MILLISECONDS);

	if (*dirty)
		fprintf(stderr, "khibernate: %s: written to all the time; if the next boot assembles it before it resumes, "
			"the snapshot may be refused\n", dirty);
}

/* What is loaded: whether it is the saver, and whether a record in /run shows that nothing else was loaded since. */
struct loaded {
	bool is_there, is_recorded;
	bool replaces; /* a kernel that was loaded for kexec -e */
};

/* An error of unloading is ignored: a saver that stays loaded only takes memory. */
static void unload_saver(const struct arch *arch, const struct loaded *loaded)
{
	struct error *error = sys_kexec_unload(arch, false);

	if (error)
		fprintf(stderr, "khibernate: the saving kernel stays loaded: %s\n", error_text(error));
	else
		staged_pages_record_load(LOADED_FOR_GOOD);
	error_free(error);
	if (loaded->replaces)
		second_kernel_load_replaced();
}

/* The saver that sleeps, else the one that is started; *is_asleep is whether to try the first. */
static struct error *load_either(const struct khibernate_config *config, const char *words, struct bytes used,
				 struct bytes key, bool *is_asleep)
{
	struct error *error = *is_asleep ? saver_file_load(config, words, used) : NULL;

	if (*is_asleep && !error)
		return NULL;
	if (error)
		printf("the saver is booted, not woken: %s; see \"khibernate prepare\"\n", error_text(error));
	error_free(error);
	*is_asleep = false;
	return second_kernel_load_saver(config, words, used, key);
}

/* Loads the saver with the list of used devices, syncs, and lists them again: that takes seconds, or minutes. */
static struct error *load_once(const struct khibernate_config *config, const char *words, struct bytes key,
			       bool *is_asleep, struct loaded *ret_loaded, bool *ret_same)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 }, now = { 0 };
	AUTO_FREE uint8_t *list = NULL;
	struct error *error = devices_in_use_list(&used);
	size_t size = 0;

	ret_loaded->replaces |= second_kernel_print_replaced();
	if (!error && block_devices_can_probe())
		list = filesystem_list_build(&used, &size);
	if (!error)
		error = load_either(config, words, (struct bytes){ list, size }, key, is_asleep);
	if (error)
		return error;
	ret_loaded->is_there = true;
	ret_loaded->is_recorded = loaded_record_is(LOADED_JUMP);
	sync();
	wait_for_arrays();
	error = devices_in_use_list(&now);
	*ret_same = !error && filesystem_list_is_same(&used, &now);
	return error;
}

#define LOADS_MAX 3

/* NULL without encrypt=yes. */
static struct error *read_key(const struct invocation *invocation, struct khkey_saving **ret_key)
{
	AUTO_FREE char *path = encryption_saving_path(invocation);

	return encryption_is_set(invocation) ? khkey_read_saving(path, ret_key) : NULL;
}

/* Loads the saver with a list that is still right after the sync. After an error it is not loaded. */
static struct error *load_saver(const struct invocation *invocation, const struct arch *arch, const char *words,
				struct loaded *ret_loaded)
{
	const struct khibernate_config *config = &invocation->config;
	const char *asleep = saver_file_path(config);
	/* With encryption it is booted, and the reason is printed where one sleeps. */
	bool is_same = false, is_asleep = asleep && (!encryption_is_set(invocation) || !access(asleep, F_OK));
	AUTO_SECRET struct khkey_saving *key = NULL;
	struct error *error = read_key(invocation, &key);
	struct bytes key_bytes = { (const uint8_t *)key, key ? sizeof(*key) : 0 };

	for (int loads = 0; !error && !is_same && loads < LOADS_MAX; loads++)
		error = load_once(config, words, key_bytes, &is_asleep, ret_loaded, &is_same);
	if (!error && !is_same)
		error = error_new("disks come into use and go out of it again and again: what this kernel uses is not known");
	if (error && ret_loaded->is_there)
		unload_saver(arch, ret_loaded);
	return error;
}

/* The drivers that the saver leaves out: none with drivers=all, or where it is not known what programs in hooks.d need. */
static struct error *find_unneeded(struct unneeded_drivers *ret_drivers, const struct invocation *invocation,
				   const char *device)
{
	AUTO_DEVICE_SET struct device_set needed = { 0 };
	struct error *error = NULL;

	if (!strcmp(invocation->config.drivers, "needed") && !place_hooks_are_there(invocation))
		error = needed_devices_find(&needed, device);
	if (!error && needed.count)
		unneeded_drivers_find(ret_drivers, "/", &needed);
	return error;
}

/* Loading took a while, and a program may have asked for secret memory since, mounted a disk on USB, or moved the file. */
static struct error *check_once_more(const struct invocation *invocation, const char *device)
{
	const char *file = invocation->config.file;
	struct error *error = may_save_check("/", invocation->force);

	if (!error && !invocation->force)
		error = usb_disks_check("--force");
	return error || !*file ? error : snapshot_file_check(file, device);
}

/* Loads the saver, jumps, and unloads it. If the saver comes back, the mailbox has its reason. */
static struct error *jump(const struct invocation *invocation, const char *device,
			  const struct khimage_superblock *before, const struct mailbox *mailbox,
			  struct step_times *times)
{
	AUTO_FREE char *word = mailbox_word(mailbox);
	AUTO_UNNEEDED_DRIVERS struct unneeded_drivers unneeded = { 0 };
	const struct arch *arch;
	struct loaded loaded = { 0 };
	struct error *error = machine_arch("/", &arch);

	if (!error)
		error = find_unneeded(&unneeded, invocation, device);
	if (error)
		return error;

	AUTO_FREE char *words = second_kernel_save_words(
		&invocation->config, before, block_devices_count_disks("/") - unneeded.hidden_disks, word);
	AUTO_FREE char *alarm = strcmp(invocation->config.power, "suspend") ? xstrdup("") : suspend_alarm_word("/");
	AUTO_FREE char *power_words = xasprintf("%s%s", words, alarm);
	AUTO_FREE char *all_words = second_kernel_without_drivers(power_words, &unneeded);

	error = load_saver(invocation, arch, all_words, &loaded);
	if (error)
		return error;
	error = check_once_more(invocation, device);
	/* "kexec -l" of a script, perhaps that of a kernel package: its kernel would not save anything. */
	if (loaded.is_recorded && !loaded_record_is(LOADED_JUMP)) {
		error_free(error);
		return error_new("another program loaded a kernel while this one prepared to hibernate; it stays loaded, and "
				 "nothing was saved: try again");
	}
	if (!error)
		error = put_off_check();
	times->left = step_clock_now();
	if (!error)
		error = sys_jump();
	times->back = step_clock_now();
	unload_saver(arch, &loaded);
	return error;
}

/* Gives up a snapshot that was committed although its kernel, this one, continues. Returns the outcome; heap. */
static char *discard_snapshot(const char *device)
{
	struct error *error = khimage_set_state(device, KHIMAGE_EMPTY);
	char *text = error ? xasprintf("%s holds a snapshot of this kernel that cannot be given up (%s): it must NOT be "
				       "resumed",
				       device, error_text(error)) :
			     xasprintf("the snapshot on %s, complete as it was, is given up", device);

	error_free(error);
	return text;
}

static bool is_kept(const struct invocation *invocation)
{
	return !strcmp(invocation->config.keep, "yes");
}

/* This kernel continues: finds out whether it was resumed, or not saved. *ret_times stays as it is if it was woken. */
static struct error *learn(const struct invocation *invocation, const char *device, uint64_t generation_before,
			   const struct mailbox *mailbox, struct khimage_times *ret_times, bool *ret_woken)
{
	struct khimage_superblock superblock = { 0 };
	AUTO_FREE char *said = mailbox_text(mailbox);
	const char *reason = said ? said : "the other kernel came back and gave no reason";
	struct error *error = read_superblock(device, &superblock, NULL);

	if (error)
		return error_prefix(error, "not hibernated: %s", reason);
	if (superblock.state == KHIMAGE_COMMITTED) {
		AUTO_FREE char *fate = discard_snapshot(device);

		return error_new("not hibernated: %s; %s", reason, fate);
	}
	*ret_woken = said && !strcmp(said, MAILBOX_WOKEN);
	if (*ret_woken) {
		printf("woken from memory; the snapshot on %s is given up\n", device);
		return NULL;
	}
	if (said)
		return error_new("not hibernated: %s", said);
	if (superblock.state != KHIMAGE_USED || superblock.generation <= generation_before)
		return error_new("not hibernated: %s (%s is in state \"%s\")", reason, device,
				 khimage_state_name(superblock.state));

	*ret_times = superblock.times;
	/* In it is a random number of the kernel that restored this one. */
	fresh_random_mix(&superblock, sizeof(superblock));
	if (is_kept(invocation))
		keep_again(device);
	AUTO_FREE char *when = time_text(superblock.created);

	printf("resumed from snapshot %" PRIu64 " on %s, saved %s\n", superblock.generation, device, when);
	/* The snapshot may be damaged by now: this kernel was resumed all the same. */
	AUTO_FREE char *unwatched = unwatched_text(device);

	if (unwatched)
		printf("NOT WATCHED in between, for the saving kernel did not find it: %s. If another system wrote to it, do not "
		       "write: unmount and check it first\n", unwatched);
	return NULL;
}

/* The next boot most likely has the same command line as this one. Without a configuration it is not the hook's. */
static struct error *check_next_boot(const struct invocation *invocation)
{
	AUTO_FREE char *cmdline = NULL;
	AUTO_FREE char *initramfs = NULL;
	struct error *error = machine_cmdline("/", &cmdline);

	if (!error && !has_noresume(cmdline) && invocation->has_config && !strcmp(invocation->config.check_boot, "yes"))
		error = next_boot_check_usual(invocation, &initramfs);
	if (error || !has_noresume(cmdline))
		return error;
	return error_new("noresume is on this kernel's command line: a boot with it gives the snapshot up. Take it out of the "
			 "boot loader's configuration; --force, if the next boot is without it");
}

/* All but the device. */
static struct error *check_rest(const struct invocation *invocation)
{
	struct error *error = may_save_check("/", invocation->force);

	if (!error)
		error = encryption_check(invocation);
	if (!error)
		error = encryption_check_place(invocation);
	if (!error && !invocation->force)
		error = jump_losses_check("/", "--force");
	if (!error && !invocation->force)
		error = check_next_boot(invocation);
	if (!error && is_kept(invocation))
		error = keep_check_place(invocation->config.file);
	if (!error && is_kept(invocation))
		error = keep_check("/");
	return error;
}

/* Saves to the device, which is no swap area by now. */
static struct error *save_to(const struct invocation *invocation, const char *device, struct place_hooks *hooks,
			     struct step_times *times, struct khimage_times *ret_times, bool *ret_woken)
{
	AUTO_MAILBOX struct mailbox mailbox = { 0 };
	struct khimage_superblock before = { 0 };
	struct error *error = check_device(device, invocation->config.file, &before);

	if (!error)
		error = placing_room_make("/", invocation->force || strcmp(invocation->config.fallback, "none") != 0);
	if (!error)
		error = mailbox_open(&mailbox);
	/* B opens it, and a connection of this kernel's would not last. */
	if (!error)
		error = place_hooks_close(hooks);
	if (!error)
		error = jump(invocation, device, &before, &mailbox, times);
	if (!error)
		error = place_hooks_open_again(hooks, invocation, device);
	return error ? error : learn(invocation, device, before.generation, &mailbox, ret_times, ret_woken);
}

struct error *khibernate_hibernate(struct invocation *invocation)
{
	AUTO_FREE char *device = NULL;
	AUTO_SWAP_PLACE struct swap_place swap = { 0 };
	struct step_times times = { .begun = step_clock_now() };
	struct khimage_times others;
	bool woken = false;
	AUTO_PLACE_HOOKS struct place_hooks hooks = { 0 };
	struct error *error = place_hooks_open(&hooks, invocation);
	AUTO_PUT_OFF struct put_off put_off = put_off_begin();

	if (!error)
		error = invocation_device(invocation, &device);
	if (!error)
		error = check_rest(invocation);
	if (!error)
		error = swap_place_take(&swap, device, invocation->config.file);
	if (!error && swap.device && is_kept(invocation))
		error = error_new("keep=yes: a swap area holds no snapshot that is kept; name a partition of its own");
	if (!error)
		error = snapshot_file_take_space(&invocation->config, device);
	if (!error)
		error = save_to(invocation, device, &hooks, &times, &others, &woken);
	if (!error && invocation_wipes(invocation) && !is_kept(invocation))
		error = khimage_wipe(device);
	/* Whether it was saved, resumed or not: this kernel runs. */
	error = swap_place_both(error, swap_place_give_back(&swap));
	if (device)
		error = swap_place_both(error, snapshot_file_return_space(&invocation->config, device));
	if (error || woken || !invocation->times)
		return error;

	AUTO_FREE char *text = step_times_text(&times, &others);

	fputs(text, stdout);
	return NULL;
}
