/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate hibernate: from the check of the image's device to the moment when this kernel goes on. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "device_open.h"
#include "khibernate.h"
#include "loaded_record.h"
#include "machine.h"
#include "mailbox.h"
#include "memory.h"
#include "second_kernel.h"
#include "sys.h"

/* The saver cannot see what this kernel does with a device: whether it is mounted is to be known here. */
static struct error *check_unused(const char *device)
{
	int fd;
	/* For writing, too: the saver will. */
	struct error *error = device_open(device, O_RDWR, 0, &fd);

	if (!error)
		close(fd);
	return error;
}

static struct error *check_device(const char *device, uint64_t *ret_generation)
{
	AUTO_KHIMAGE struct khimage image = { 0 };
	struct error *error = check_unused(device);

	if (!error)
		error = open_fresh_image(&image, device);
	if (error)
		return error;
	if (image.superblock.state == KHIMAGE_COMMITTED) {
		AUTO_FREE char *when = time_text(image.superblock.created);

		return error_new("%s holds an image of %s that was not resumed; \"khibernate cancel\" gives it up", device,
				 when);
	}
	*ret_generation = image.superblock.generation;
	return NULL;
}

/* Loads the saver, jumps, and unloads what is left of it. The mailbox has what it said, if it came back. */
static struct error *jump(const struct invocation *invocation, const struct mailbox *mailbox)
{
	AUTO_FREE char *word = mailbox_word(mailbox);
	AUTO_FREE char *words = second_kernel_save_words(&invocation->config, word);
	const struct arch *arch;
	struct error *error = machine_arch("/", &arch);

	if (!error)
		error = second_kernel_load_saver(&invocation->config, words);
	if (error)
		return error;
	sync();
	error = sys_reboot_kexec();

	struct error *unload_error = sys_kexec_unload(arch, false);

	if (!unload_error)
		loaded_record_set(false);
	if (!error)
		return unload_error;
	error_free(unload_error);
	return error;
}

/* This kernel goes on: because it was resumed, or because it was not saved? */
static struct error *learn(const char *device, uint64_t generation_before, const struct mailbox *mailbox)
{
	AUTO_KHIMAGE struct khimage image = { 0 };
	AUTO_FREE char *reason = mailbox_text(mailbox);

	if (reason)
		return error_new("not hibernated: %s", reason);

	struct error *error = open_fresh_image(&image, device);

	if (error)
		return error_prefix(error, "the other kernel came back and did not say why");
	if (image.superblock.state != KHIMAGE_USED || image.superblock.generation <= generation_before)
		return error_new("not hibernated: the other kernel came back and did not say why (%s is in state \"%s\")",
				 device, khimage_state_name(image.superblock.state));

	AUTO_FREE char *when = time_text(image.superblock.created);

	printf("resumed from image %" PRIu64 " on %s, saved %s\n", image.superblock.generation, device, when);
	return NULL;
}

struct error *khibernate_hibernate(struct invocation *invocation)
{
	AUTO_FREE char *device = NULL;
	AUTO_MAILBOX struct mailbox mailbox = { 0 };
	uint64_t generation = 0;
	struct error *error = invocation_device(invocation, &device);

	if (!error)
		error = check_device(device, &generation);
	if (!error)
		error = mailbox_open(&mailbox);
	if (!error)
		error = jump(invocation, &mailbox);
	return error ? error : learn(device, generation, &mailbox);
}
