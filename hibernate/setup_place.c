/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/setup_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hibernate/device_claims.h"
#include "hibernate/keep_check.h"
#include "hibernate/place_hooks.h"
#include "hibernate/snapshot_file.h"
#include "hibernate/swap_place.h"
#include "kdump/target.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/base/sizes.h"
#include "lib/disk/device_name.h"
#include "lib/disk/device_open.h"
#include "lib/disk/storage.h"
#include "lib/disk/storage_name.h"
#include "lib/khimage/khimage_swap.h"

#define USUAL_FILE "/var/lib/khibernate/image"

/*
 * Another boot may find disks in another order: /dev/sda is /dev/sdb then. And a snapshot overwrites the UUID of the
 * swap area on the device.
 */
static struct error *choose_name(struct khibernate_config *config, const char *device)
{
	AUTO_FREE char *name = NULL;
	struct error *error = device_name_lasting(device, &name);

	if (error || device_name_is_lasting(config->device) || !strcmp(name, config->device))
		return error;
	printf("device:  %s is noted as %s\n", config->device, name);
	return khibernate_config_set(config, "device", name);
}

/* A partition that is a swap area stays one, beside the snapshot: its name may be its UUID. */
static struct error *name_swap(struct khibernate_config *config, const char *device, char **ret_path)
{
	AUTO_FREE char *lasting = NULL;
	struct error *error = device_name_lasting_with_content(device, &lasting);

	if (error)
		return error;
	AUTO_FREE char *name = xasprintf("%s@0", lasting);

	printf("device:  the swap area %s is noted as %s; it is swapped off while it holds a snapshot\n", device, name);
	*ret_path = xasprintf("%s@0", device);
	return khibernate_config_set(config, "device", name);
}

static bool is_swap(const char *device)
{
	AUTO_FREE char *name = xasprintf("%s@0", device);
	enum storage_head head = STORAGE_HEAD_NONE;

	error_free(khimage_swap_head(name, &head));
	return head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_HELD_SWAP;
}

static struct error *choose_device(struct invocation *invocation, char **ret_path)
{
	struct khibernate_config *config = &invocation->config;
	AUTO_FREE char *path = NULL;
	struct error *error = khibernate_config_set(config, "file", "");

	if (!error)
		error = invocation_device(invocation, &path);
	if (error)
		return error;
	if (device_is_block(path) && !invocation->overwrite && is_swap(path))
		return name_swap(config, path, ret_path);
	/* By the name that the user's programs give it, nothing else finds it. */
	if (!storage_name_is_mapped(path) && !place_hooks_are_there(invocation))
		error = choose_name(config, path);
	if (!error)
		*ret_path = TAKE_PTR(path);
	return error;
}

/* Without --device: the place of the last setup; else what this machine has. */
static struct error *choose_usual(struct khibernate_config *config, uint64_t ram_bytes)
{
	AUTO_FREE char *swap = NULL;

	if (*config->file && storage_name_is_mapped(config->device))
		return khibernate_config_set(config, "device", config->file);
	if (*config->device)
		return NULL;
	if (!khibernate_config_is_on_demand(config))
		swap = swap_place_find(snapshot_file_bytes(ram_bytes));
	return khibernate_config_set(config, "device", swap ? swap : USUAL_FILE);
}

/* A device on LVM and the like by its path: only so the places below it are found. */
static struct error *name_stacked(struct khibernate_config *config)
{
	AUTO_FREE char *path = NULL;
	struct error *error = device_name_find(config->device, &path);
	bool is_stacked = !error && snapshot_file_is_meant(path);

	error_free(error);
	return is_stacked ? khibernate_config_set(config, "device", path) : NULL;
}

static struct error *choose(struct invocation *invocation, uint64_t ram_bytes, char **ret_path)
{
	struct khibernate_config *config = &invocation->config;
	struct error *error = choose_usual(config, ram_bytes);

	if (!error)
		error = name_stacked(config);
	if (error)
		return error;
	if (snapshot_file_is_meant(config->device) && !strcmp(config->keep, "yes"))
		return keep_check_place(config->device);
	if (!snapshot_file_is_meant(config->device) && khibernate_config_is_on_demand(config))
		return error_new("space=on-demand is for a file, and %s is none", config->device);
	if (snapshot_file_is_meant(config->device))
		return snapshot_file_choose(config, snapshot_file_bytes(ram_bytes), ret_path);
	return choose_device(invocation, ret_path);
}

/* Whole disks have no PARTUUID, and parts of an array no UUID of their own. */
static void warn_of_changing_names(const char *name)
{
	char *member;

	for (size_t i = 0; (member = storage_name_member(name, i)); i++) {
		AUTO_FREE char *device = NULL;
		uint64_t offset;

		storage_name_split(member, &device, &offset);
		if (*device == '/')
			printf("WARNING: a boot finds the place on %s by this name only: if it finds disks in another order, it does "
			       "not resume. A partition has a lasting name, PARTUUID=\n", device);
		free(member);
	}
}

struct error *setup_place_choose(struct invocation *invocation, uint64_t ram_bytes, char **ret_path)
{
	struct error *error = choose(invocation, ram_bytes, ret_path);

	if (!error && !place_hooks_are_there(invocation))
		warn_of_changing_names(invocation->config.device);
	return error;
}

/* The required size is an estimate: the memory in use and its compression are known only after a save. */
static struct error *check_size(const char *device, uint64_t ram_bytes)
{
	struct storage storage;
	struct error *error = storage_open(&storage, device, STORAGE_READ, O_RDONLY, 0);
	uint64_t size = error ? 0 : storage.size_bytes;

	if (error)
		return error;
	error_free(storage_close(&storage, device));

	AUTO_FREE char *have = size_text(size);
	AUTO_FREE char *memory = size_text(ram_bytes);

	printf("device:  %s has %s, memory %s%s\n", device, have, memory,
	       size < ram_bytes / 2 ? ": if much of it is in use, that is too little" : "");
	return NULL;
}

struct error *setup_place_make(const struct invocation *invocation, const char *path, uint64_t ram_bytes)
{
	const char *file = invocation->config.file;
	enum storage_head head;
	struct error *error = khimage_swap_head(path, &head);

	if (error)
		return error;
	if (head == STORAGE_HEAD_SWAP || head == STORAGE_HEAD_HELD_SWAP || snapshot_file_is_hidden_swap(file))
		return NULL;
	/* What was on a partition is gone: settings that mean it are printed. */
	const char *device = *file ? file : path;
	AUTO_FREE char *claims = device_is_block(device) ? device_claims_text("/", device) : xstrdup("");

	if (*file)
		error = snapshot_file_init(file, invocation->overwrite);
	else
		error = target_init_khimage(path, invocation->overwrite);
	if (!error)
		fputs(claims, stdout);
	if (!error)
		error = snapshot_file_return_space(&invocation->config, path);
	return error || khibernate_config_is_on_demand(&invocation->config) ? error : check_size(path, ram_bytes);
}
