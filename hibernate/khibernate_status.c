/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate status: the state of the device, and the properties of its snapshot. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hibernate/snapshot_file.h"
#include "hibernate/snapshot_origin.h"
#include "hibernate/khibernate.h"
#include "hibernate/needed_options.h"
#include "hibernate/saver_file.h"
#include "lib/base/alloc.h"
#include "lib/disk/devices_in_use.h"
#include "lib/disk/filesystem_guard.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage_swap.h"
#include "lib/machine/kernel_config.h"

static const char *state_meaning(uint32_t state)
{
	switch (state) {
	case KHIMAGE_EMPTY:
		return ": there is no snapshot";
	case KHIMAGE_WRITING:
		return ": saving was interrupted, there is no snapshot";
	case KHIMAGE_COMMITTED:
		return ": the next boot resumes it";
	case KHIMAGE_USED:
		return ": it was resumed, and is not any more";
	default:
		return "";
	}
}

/* Damage in the superblocks and notes of a committed snapshot, which prevents its restore. Heap; NULL if none. */
static char *damage_of(const char *device, uint32_t state)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	struct error *error = state == KHIMAGE_COMMITTED ? khimage_open(&snapshot, device) : NULL;
	char *text = error ? xstrdup(error_text(error)) : NULL;

	error_free(error);
	return text;
}

static void say(const char *text)
{
	printf("note        %s\n", text);
}

/* The file systems of A that were written to since, so that the snapshot is stale. Heap; NULL if none or not known. */
static char *staleness_of(const char *device, uint32_t state)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	const struct filesystem_guard_except except = { .say = say };
	bool known;
	struct error *error = state == KHIMAGE_COMMITTED ? khimage_open(&snapshot, device) : NULL;

	/* damage_of reports damage of the snapshot itself. */
	if (error || state != KHIMAGE_COMMITTED || snapshot.is_locked) {
		error_free(error);
		return NULL;
	}
	error = filesystem_guard_check(&snapshot.core, &except, &known);
	char *text = error ? xstrdup(error_text(error)) : NULL;

	error_free(error);
	return text;
}

/* The file systems in use by this kernel that cannot be watched while it is saved. */
static void print_unwatchable(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 };
	struct error *error = devices_in_use_list(&used);
	AUTO_FREE char *text = filesystem_list_unwatched_text(&used);

	if (!error && text)
		printf("unwatchable %s: in use here, and no write to it between saving and resuming can be seen\n", text);
	error_free(error);
}

char *unwatched_text(const char *device)
{
	AUTO_KHIMAGE struct khimage snapshot = { 0 };
	struct error *error = khimage_open(&snapshot, device);
	char *text = error || !snapshot.core.notes ? NULL : filesystem_guard_unwatched(&snapshot.core);

	error_free(error);
	return text;
}

static void print_missing_options(void)
{
	struct utsname system;
	AUTO_FREE char *config = uname(&system) ? NULL : kernel_config_read("/", system.release);
	struct error *error = config ? needed_options_check(config, system.release) : NULL;

	if (error)
		printf("kernel      %s\n", error_text(error));
	error_free(error);
}

/* Nothing if none was prepared. */
static void print_saver(const struct khibernate_config *config)
{
	const char *path = saver_file_path(config);

	if (!path || access(path, F_OK))
		return;

	struct error *error = saver_file_check(config);

	printf("saver       %s%s\n", error ? "is booted, not woken: " : "sleeps in ", error ? error_text(error) : path);
	error_free(error);
}

/* Nothing for a partition. */
static void print_file(const char *file)
{
	if (*file)
		printf("blocks of   %s%s\n", file, snapshot_file_is_encrypted(file) ? ", below its encryption" : "");
}

static void print_superblock(const struct khimage_superblock *superblock)
{
	/* A snapshot that was given up leaves only its number. */
	if (superblock->created) {
		AUTO_FREE char *when = time_text(superblock->created);

		printf("snapshot    %" PRIu64 ", of %s\n", superblock->generation, when);
	}
	if (superblock->encryption.cipher)
		printf("encrypted   by %s; what is in it, and whether it is stale, is known when it is opened\n",
		       khimage_cipher_name(superblock->encryption.cipher));
	if (superblock->attempts)
		printf("attempts    %" PRIu64 " times its restore was begun\n", superblock->attempts);
}

static bool is_swap(const char *device, const char *file)
{
	enum storage_head head = STORAGE_HEAD_NONE;

	error_free(khimage_swap_head(device, &head));
	return head == STORAGE_HEAD_SWAP || snapshot_file_is_hidden_swap(file);
}

/* `error` is the reason why there is no snapshot; owned. */
static struct error *print_no_snapshot(const struct khibernate_config *config, const char *device, struct error *error)
{
	if (!device || !is_swap(device, config->file))
		return error;
	error_free(error);
	printf("device      %s\n", device);
	print_file(config->file);
	printf("state       swap: there is no snapshot, the system may swap to it\n");
	print_unwatchable();
	print_saver(config);
	return NULL;
}

struct error *khibernate_status(struct invocation *invocation)
{
	struct khimage_superblock superblock = { 0 };
	bool slot_damaged = false;
	AUTO_FREE char *device = NULL;
	struct error *error;

	print_missing_options();
	error = invocation_device(invocation, &device);

	if (!error)
		error = read_superblock(device, &superblock, &slot_damaged);
	if (error)
		return print_no_snapshot(&invocation->config, device, error);

	AUTO_FREE char *damage = damage_of(device, superblock.state);
	AUTO_FREE char *stale = staleness_of(device, superblock.state);
	bool foreign = superblock.state == KHIMAGE_COMMITTED && snapshot_is_of_other_memory(device);

	printf("device      %s\n", device);
	print_file(invocation->config.file);
	printf("state       %s%s\n", khimage_state_name(superblock.state),
	       damage ? ": the next boot gives it up, for it is damaged" :
	       foreign ? ": it is of another machine, or this one's memory was changed" :
	       stale  ? ": it must not be resumed, for it is stale" :
			state_meaning(superblock.state));
	print_superblock(&superblock);
	if (slot_damaged)
		printf("superblock  one of the two is damaged; the other one counts\n");
	if (damage)
		printf("damage      %s\n", damage);
	if (stale)
		printf("stale       %s\n", stale);

	AUTO_FREE char *unwatched = unwatched_text(device);

	if (unwatched)
		printf("not watched %s\n", unwatched);
	print_unwatchable();
	print_saver(&invocation->config);
	return NULL;
}
