/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate setup: makes all checks that are possible before the first hibernation. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hibernate/encryption.h"
#include "hibernate/khibernate.h"
#include "hibernate/may_save.h"
#include "hibernate/needed_options.h"
#include "hibernate/second_kernel.h"
#include "hibernate/setup_place.h"
#include "hibernate/snapshot_file.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/disk/devices_in_use.h"
#include "lib/disk/usb_disks.h"
#include "lib/machine/kernel_config.h"
#include "lib/machine/machine.h"

static struct error *check_kernel_options(const struct khibernate_config *settings)
{
	struct utsname system;

	if (uname(&system))
		return error_errno(errno, "cannot find out which kernel this is");

	AUTO_FREE char *config = kernel_config_read("/", system.release);

	if (!config) {
		printf("kernel:  %s; its configuration cannot be read\n", system.release);
		return NULL;
	}

	struct error *error = needed_options_check(config, system.release);

	if (error)
		return error;
	printf("kernel:  %s has all that is needed\n", system.release);
	if (!strcmp(settings->fallback, "window") && !kernel_config_has(config, "DEVMEM"))
		printf("WARNING: without CONFIG_DEVMEM a snapshot too large for the booting kernel cannot be resumed\n");
	return NULL;
}

/* The default is the running kernel, which certainly runs on this machine. */
static struct error *choose_kernel(struct khibernate_config *config)
{
	struct utsname system;

	if (*config->kernel)
		return NULL;
	if (uname(&system))
		return error_errno(errno, "cannot find out which kernel this is");

	AUTO_FREE char *path = xasprintf("/boot/vmlinuz-%s", system.release);

	if (access(path, R_OK))
		return error_errno(errno, "%s, the running kernel's file, cannot be read; name one with --kernel", path);
	return khibernate_config_set(config, "kernel", path);
}

/* Warnings: allowed, but most likely not intended. */
static struct error *warn_of_next_boot(void)
{
	AUTO_FREE char *cmdline = NULL;
	struct error *error = machine_cmdline("/", &cmdline);

	if (!error && has_noresume(cmdline))
		printf("WARNING: noresume is on this kernel's command line: a boot with it gives a snapshot up\n");
	return error;
}

/* Starts of "khibernate expire" at each boot: a link in a folder of units, or a script of rcS. */
static void warn_of_no_expiry(void)
{
	static const char *const places[] = {
		"/etc/systemd/system/sysinit.target.wants/khibernate-expire.service",
		"/usr/local/lib/systemd/system/sysinit.target.wants/khibernate-expire.service",
		"/usr/lib/systemd/system/sysinit.target.wants/khibernate-expire.service",
		"/lib/systemd/system/sysinit.target.wants/khibernate-expire.service",
		"/etc/init.d/khibernate-expire",
		"/usr/local/lib/udev/rules.d/65-khibernate.rules",
		"/usr/lib/udev/rules.d/65-khibernate.rules",
	};
	struct stat status;

	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		if (!lstat(places[i], &status))
			return;
	printf("WARNING: nothing runs \"khibernate expire\" at each boot (khibernate(8), BOOT): a boot that does not resume "
	       "must not leave the snapshot for a later one\n");
}

static void warn_if_forbidden(void)
{
	struct error *error = may_save_check("/", false);

	if (error)
		printf("WARNING: \"khibernate hibernate\" will be refused: %s\n", error_text(error));
	error_free(error);
}

static void warn_of_unwatched(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 };
	struct error *error = devices_in_use_list(&used);
	AUTO_FREE char *text = filesystem_list_unwatched_text(&used);

	if (!error && text)
		printf("note:    %s cannot be watched: that no other boot writes to it between, only \"khibernate expire\" sees "
		       "to\n", text);
	error_free(error);
}

static void warn_of_lost_devices(void)
{
	struct error *error = jump_losses_check("/", "hibernate --force");
	if (error)
		printf("note:    hibernation will be refused: %s\n", error_text(error));
	error_free(error);
}

/* Loads the saver as "hibernate" does, which tests kernel, window and memory, and unloads it. */
static struct error *try_to_load(const struct khibernate_config *config)
{
	const struct arch *arch;
	bool loaded;
	struct error *error = machine_arch("/", &arch);

	if (!error)
		error = machine_is_loaded("/", false, &loaded);
	if (!error && loaded)
		return error_new("something is loaded for kexec -e; kexec -u unloads it");
	if (!error)
		error = second_kernel_load_saver(config, "go_to_hibernate", (struct bytes){ 0 }, (struct bytes){ 0 });
	if (error)
		return error;
	error = sys_kexec_unload(arch, false);
	staged_pages_record_load(LOADED_FOR_GOOD);
	printf("loading: %s and %s fit into memory beside this kernel\n", config->kernel, config->initrd);
	return error;
}

static struct error *write_config(const char *path, const struct khibernate_config *config)
{
	AUTO_FREE char *text = khibernate_config_text(config);
	AUTO_FREE char *fresh = xasprintf("%s.new", path);
	FILE *file = fopen(fresh, "we");

	if (!file)
		return error_errno(errno, "cannot write %s", fresh);

	/* Root acts on the file, so only root may write it, with any umask. */
	bool written = !fchmod(fileno(file), 0644) && fputs(text, file) >= 0 && !fflush(file) && !fsync(fileno(file));

	if (fclose(file) || !written || rename(fresh, path))
		return error_errno(errno, "cannot write %s", path);
	printf("written: %s\n", path);
	return NULL;
}

/* Without an answer: as the root is. Without libsodium there is no question. */
static bool ask_whether_to_encrypt(void)
{
	struct error *error = khimage_crypt_available();
	bool usual = encryption_of_root("/"), is_possible = !error;
	char answer[16];

	error_free(error);
	if (!is_possible || !isatty(STDIN_FILENO)) {
		if (usual)
			printf("WARNING: the root is encrypted, and what is saved is not: --encrypt=yes\n");
		return false;
	}
	printf("Encrypt what is saved, so that resuming takes a passphrase? [%s] ", usual ? "Y/n" : "y/N");
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin) || *answer == '\n')
		return usual;
	return *answer == 'y' || *answer == 'Y';
}

/* A snapshot below encryption is not covered by it. */
static struct error *encrypt_below_encryption(struct invocation *invocation, bool *is_new)
{
	if (encryption_is_set(invocation))
		return NULL;
	if (invocation->encrypt_is_given)
		return encryption_check_place(invocation);
	printf("encrypt: yes, as %s is encrypted\n", invocation->config.file);
	*is_new = true;
	return khibernate_config_set(&invocation->config, "encrypt", "yes");
}

/* Keys that are there stay, unless --encrypt or a passphrase is given. */
static struct error *set_up_encryption(struct invocation *invocation)
{
	bool is_new = invocation->encrypt_is_given || invocation->passphrase_file;
	struct error *error = NULL;

	if (snapshot_file_is_encrypted(invocation->config.file)) {
		error = encrypt_below_encryption(invocation, &is_new);
	} else if (!invocation->has_config && !invocation->encrypt_is_given && ask_whether_to_encrypt()) {
		error = khibernate_config_set(&invocation->config, "encrypt", "yes");
		is_new = true;
	}
	if (error || !encryption_is_set(invocation))
		return error;
	return is_new ? encryption_make_keys(invocation) : encryption_check(invocation);
}

struct error *khibernate_setup(struct invocation *invocation)
{
	AUTO_MACHINE struct machine machine = { 0 };
	AUTO_FREE char *device = NULL;
	/* First: without a kernel that can jump, nothing else is worth a question. */
	struct error *error = check_kernel_options(&invocation->config);

	if (!error)
		error = machine_init(&machine, "/");
	if (!error)
		error = setup_place_choose(invocation, machine.total_ram_bytes, &device);
	if (!error)
		error = warn_of_next_boot();
	if (!error)
		warn_if_forbidden();
	if (!error)
		error = choose_kernel(&invocation->config);
	if (!error)
		error = try_to_load(&invocation->config);
	if (!error)
		error = set_up_encryption(invocation);
	if (!error)
		error = setup_place_make(invocation, device, machine.total_ram_bytes);
	if (!error)
		error = write_config(invocation->config_path, &invocation->config);
	if (!error)
		warn_of_unwatched();
	if (!error)
		warn_of_lost_devices();
	if (!error)
		warn_of_no_expiry();
	if (!error)
		printf("Next: put khibernate into the initramfs that the system boots with (khibernate(8), BOOT).\n"
		       "Then \"khibernate hibernate\" saves and switches off, and the next boot resumes.\n");
	return error;
}
