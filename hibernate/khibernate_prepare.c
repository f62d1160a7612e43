/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate prepare: starts the saver once, and keeps it asleep in a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/encryption.h"
#include "hibernate/khibernate.h"
#include "hibernate/mailbox.h"
#include "hibernate/saver_file.h"
#include "hibernate/second_kernel.h"
#include "kexec/load/save_asleep.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/usb_disks.h"
#include "lib/machine/kexec_image.h"
#include "lib/machine/machine.h"

/* The last folder of the path only: a mistyped path is not made up. */
static struct error *make_folder(const char *path)
{
	AUTO_FREE char *folder = xstrdup(path);
	char *end = strrchr(folder, '/');

	if (!end || end == folder)
		return NULL;
	*end = '\0';
	return mkdir(folder, 0700) && errno != EEXIST ? error_errno(errno, "cannot make the folder %s", folder) : NULL;
}

/* Before the jump: what would keep the file from being written after it. */
static struct error *check_can_keep(const struct arch *arch)
{
	AUTO_KEXEC_IMAGE struct kexec_image loaded = { 0 };

	return error_prefix(kexec_image_init(&loaded, "/", arch), "the saver could not be read after its start");
}

/* Scripts of an older initramfs take the first word: without a device to save to they report that, and go back. */
static struct error *start_once(const struct khibernate_config *config, const struct arch *arch,
				const struct mailbox *mailbox)
{
	AUTO_FREE char *word = mailbox_word(mailbox);
	AUTO_FREE char *words =
		xasprintf("go_to_hibernate go_to_sleep khdisks=%u %s", block_devices_count_disks("/"), word);
	struct error *error = second_kernel_load_saver(config, words, (struct bytes){ 0 }, (struct bytes){ 0 });

	if (!error)
		error = check_can_keep(arch);
	if (error)
		return error;
	sync();
	error = sys_jump();

	AUTO_FREE char *said = error ? NULL : mailbox_text(mailbox);

	return said ? error_new("the saver does not sleep; is the initramfs of an older version? It says: %s", said) : error;
}

static void print_file(const char *path)
{
	struct stat status = { 0 };

	stat(path, &status);

	AUTO_FREE char *size = size_text((uint64_t)status.st_blocks * 512);

	printf("a saver sleeps in %s (%s); \"khibernate hibernate\" wakes it\n", path, size);
}

struct error *khibernate_prepare(struct invocation *invocation)
{
	const struct khibernate_config *config = &invocation->config;
	const char *path = saver_file_path(config);
	AUTO_MAILBOX struct mailbox mailbox = { 0 };
	const struct arch *arch;
	uint64_t origin;
	struct error *error = path ? machine_arch("/", &arch) :
				     error_new("prepare=no is configured; name a file with --prepare");

	if (!error && encryption_is_set(invocation))
		error = error_new("encrypt=yes is configured: a saver that sleeps has no key, so it would not be woken; the saver "
				  "is booted for each snapshot");
	if (!error)
		error = jump_losses_check("/", "hibernate --force");
	if (!error)
		error = saver_file_origin("/", config, &origin);
	if (!error)
		error = make_folder(path);
	if (!error)
		error = mailbox_open(&mailbox);
	if (error)
		return error;
	error = start_once(config, arch, &mailbox);
	if (!error)
		error = save_asleep(path, origin);
	/* What is loaded, if anything: an error of unloading it only costs memory. */
	error_free(sys_kexec_unload(arch, false));
	staged_pages_record_load(LOADED_FOR_GOOD);
	if (!error)
		print_file(path);
	return error;
}
