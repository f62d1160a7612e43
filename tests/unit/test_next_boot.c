/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the next boot can resume: the boot loader's choice, and what the initramfs of its kernel contains. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/cpio_archive.h"
#include "hibernate/initramfs_content.h"
#include "hibernate/next_boot.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define CONFIG "device=/dev/sda3\n"
#define KEY "/etc/khibernate/restoring.key"
#define HOOKS "/etc/khibernate/hooks.d"
#define EFI "/sys/firmware/efi/efivars/"
#define GRUBENV "/boot/grub/grubenv"

static void put_bytes(const char *root, const char *name, const void *data, size_t size)
{
	AUTO_FREE char *path = path_below(root, name);
	FILE *file;

	put_file_below(root, name, "");
	file = fopen(path, "we");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		diag("%s cannot be written", path);
}

/* Archives one after the other; each begins at a multiple of four. */
static void add_archive(struct buffer *initramfs, const char *folder, const char *name, const char *text)
{
	size_t size;
	struct bytes content = { (const uint8_t *)text, strlen(text) };
	AUTO_FREE uint8_t *archive = cpio_archive_of(folder, name, content, &size);

	put(initramfs, archive, size);
	put_zeros(initramfs, 512);
}

/* NULL leaves a file out. */
static void put_kernel_with(const char *root, const char *version, const char *program, const char *config,
			    const char *key)
{
	AUTO_FREE char *kernel = xasprintf("/boot/vmlinuz-%s", version);
	AUTO_FREE char *initrd = xasprintf("/boot/initrd.img-%s", version);
	AUTO_BUFFER struct buffer initramfs = { 0 };

	add_archive(&initramfs, "kernel", "microcode", "x");
	if (program)
		add_archive(&initramfs, "usr/sbin", "khibernate", program);
	if (config)
		add_archive(&initramfs, "etc", "khibernate.conf", config);
	if (key)
		add_archive(&initramfs, "etc/khibernate", "restoring.key", key);
	put_file_below(root, kernel, "a kernel");
	put_bytes(root, initrd, initramfs.data, initramfs.size);
}

static void put_kernel(const char *root, const char *version, const char *program, const char *config)
{
	put_kernel_with(root, version, program, config, NULL);
}

static bool is_hook(const char *name)
{
	return *name != '.';
}

/*
 * `refusal` NULL: none; then `initramfs` is what was checked, NULL: nothing. The key counts if there is one, and
 * so do programs that set up the place.
 */
static void checks(const char *root, const char *refusal, const char *initramfs, const char *name)
{
	AUTO_FREE char *found = NULL;
	AUTO_FREE char *key = path_below(root, KEY);
	AUTO_FOLDER_NAMES struct folder_names names = { 0 };

	folder_names_add(&names, root, HOOKS, is_hook);
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *hook = names.names[i];

		names.names[i] = xasprintf(HOOKS "/%s", hook);
	}

	const struct next_boot_files files = { "/etc/khibernate.conf", access(key, F_OK) ? NULL : KEY, names };
	struct error *error = next_boot_check(root, &files, &found);

	if (!ok(refusal ? error && strstr(error_text(error), refusal) : !error, "%s", name))
		diag("%s", error ? error_text(error) : "no error");
	if (!refusal)
		is_text(found ? found : "nothing", initramfs ? initramfs : "nothing", "%s: what was checked", name);
	error_free(error);
}

static char *make_root(void)
{
	char *root = make_folder();

	put_file_below(root, "/etc/khibernate.conf", CONFIG);
	put_file_below(root, "/var/lib/none", "");
	return root;
}

static void test_initramfs(void)
{
	char *root = make_root();

	checks(root, NULL, NULL, "no kernel");
	put_file_below(root, "/boot/bzImage", "");
	put_file_below(root, "/boot/vmlinuz-6.1.0-9-amd64", "");
	checks(root, NULL, NULL, "a kernel without an initramfs");
	put_kernel(root, "6.1.0-9-amd64", "program", CONFIG);
	checks(root, NULL, "/boot/initrd.img-6.1.0-9-amd64", "program and configuration");
	put_kernel(root, "6.1.0-10-amd64", NULL, CONFIG);
	checks(root, "initrd.img-6.1.0-10-amd64, the initramfs of its kernel, has no khibernate", NULL,
	       "a newer kernel without the hook");
	put_kernel(root, "6.1.0-10-amd64", "program", "device=/dev/sdb1\n");
	checks(root, "has another /etc/khibernate.conf", NULL, "another configuration");
	put_kernel(root, "6.1.0-10-amd64", "program", NULL);
	checks(root, "has no /etc/khibernate.conf", NULL, "no configuration");
	put_kernel(root, "6.1.0-10-amd64", "program", CONFIG);
	checks(root, NULL, "/boot/initrd.img-6.1.0-10-amd64", "made again");
	put_file_below(root, "/etc/khibernate.conf", CONFIG "power=s4\n");
	checks(root, "has another /etc/khibernate.conf", NULL, "a change of the configuration since");
	put_bytes(root, "/boot/initrd.img-6.1.0-10-amd64", "BZh91AY", 7);
	checks(root, NULL, "/boot/initrd.img-6.1.0-10-amd64", "what cannot be unpacked refuses nothing");
	remove_tree(root);
}

static void test_key(void)
{
	char *root = make_root();

	put_file_below(root, KEY, "a key");
	put_kernel(root, "6.1", "program", CONFIG);
	checks(root, "could not open the snapshot: /boot/initrd.img-6.1, the initramfs of its kernel, has no " KEY, NULL,
	       "an initramfs without the key");
	put_kernel_with(root, "6.1", "program", CONFIG, "an older key");
	checks(root, "has another " KEY, NULL, "one made before the keys");
	put_kernel_with(root, "6.1", "program", CONFIG, "a key");
	checks(root, NULL, "/boot/initrd.img-6.1", "one with the key");
	put_file_below(root, KEY, "a newer key");
	checks(root, "has another " KEY, NULL, "new keys");
	remove_tree(root);
}

/* An initramfs with two programs; NULL leaves one out. */
static void put_hooks(const char *root, const char *network, const char *disk)
{
	AUTO_BUFFER struct buffer initramfs = { 0 };

	add_archive(&initramfs, "sbin", "khibernate", "program");
	add_archive(&initramfs, "etc", "khibernate.conf", CONFIG);
	if (network)
		add_archive(&initramfs, &HOOKS[1], "10-network", network);
	if (disk)
		add_archive(&initramfs, &HOOKS[1], "20-disk", disk);
	put_bytes(root, "/boot/initrd.img-6.1", initramfs.data, initramfs.size);
}

static void test_hooks(void)
{
	static const char where[] = "could not set up the place of the snapshot: /boot/initrd.img-6.1, the initramfs of its "
				    "kernel, has no " HOOKS "/20-disk";
	char *root = make_root();

	put_file_below(root, HOOKS "/10-network", "one");
	put_file_below(root, HOOKS "/20-disk", "two");
	put_kernel(root, "6.1", "program", CONFIG);
	checks(root, "has no " HOOKS "/10-network", NULL, "an initramfs without the programs that set up the place");
	put_hooks(root, "one", NULL);
	checks(root, where, NULL, "one of them");
	put_hooks(root, "an older one", "two");
	checks(root, "has another " HOOKS "/10-network", NULL, "one that was changed since");
	put_hooks(root, "one", "two");
	checks(root, NULL, "/boot/initrd.img-6.1", "both");
	put_file_below(root, HOOKS "/20-disk", "a newer one");
	checks(root, "has another " HOOKS "/20-disk", NULL, "a change after that was found right");
	put_hooks(root, "one", "");
	checks(root, NULL, "/boot/initrd.img-6.1", "a second name of the same file has no content");
	put_file_below(root, HOOKS "/20-disk", "\177ELF with symbols");
	put_hooks(root, "one", "\177ELF");
	checks(root, NULL, "/boot/initrd.img-6.1", "what is no script may have been stripped");
	remove_tree(root);
}

/* What was found right is not unpacked again; it would be refused, had it been. */
static void test_seen(void)
{
	char *root = make_root();
	AUTO_FREE char *path = path_below(root, "/boot/initrd.img-6.1");
	struct stat before;

	put_kernel(root, "6.1", "program", CONFIG);
	checks(root, NULL, "/boot/initrd.img-6.1", "looked into");
	stat(path, &before);

	FILE *file = fopen(path, "r+e");
	const struct timespec times[] = { before.st_atim, before.st_mtim };

	fwrite("damaged", 1, 7, file);
	fclose(file);
	utimensat(AT_FDCWD, path, times, 0);
	checks(root, NULL, "/boot/initrd.img-6.1", "not again, as size and time are the same");
	put_kernel(root, "6.1", NULL, CONFIG);
	checks(root, "has no khibernate", NULL, "another file is");
	remove_tree(root);
}

static void test_entries(void)
{
	static const uint8_t next[] = { 7, 0, 0, 0, 5, 0 }, current[] = { 6, 0, 0, 0, 2, 0 };
	static const uint8_t shot[] = { 7, 0, 0, 0, 'w', 0, 'i', 0, 'n', 0, 0, 0 };
	char *root = make_root();

	put_kernel(root, "6.1.0-9-amd64", "program", CONFIG);
	put_kernel(root, "6.1.0-90-amd64", NULL, CONFIG);
	put_file_below(root, GRUBENV, "# GRUB\nsaved_entry=gnulinux-6.1.0-9-amd64-advanced-1\nnext_entry=\n####");
	checks(root, "initrd.img-6.1.0-90-amd64", NULL, "the saved entry does not count by default");
	put_file_below(root, "/etc/default/grub", "GRUB_DEFAULT=0\nGRUB_DEFAULT=\"saved\"\n");
	checks(root, NULL, "/boot/initrd.img-6.1.0-9-amd64", "GRUB_DEFAULT=saved");
	put_file_below(root, GRUBENV, "next_entry=advanced>gnulinux-6.1.0-90-amd64-advanced-1\n");
	checks(root, "initrd.img-6.1.0-90-amd64", NULL, "grub-reboot to a kernel without the hook");
	put_file_below(root, GRUBENV, "next_entry=Windows 11\n");
	checks(root, "the next boot is \"Windows 11\", chosen by grub-reboot", NULL, "grub-reboot to another system");
	put_bytes(root, EFI "LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", shot, sizeof(shot));
	checks(root, "the next boot is \"win\", chosen by bootctl set-oneshot", NULL, "systemd-boot");
	put_bytes(root, EFI "BootNext-8be4df61-93ca-11d2-aa0d-00e098032b8c", next, sizeof(next));
	checks(root, "the next boot is \"Boot0005\"", NULL, "BootNext");
	put_bytes(root, EFI "BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c", next, sizeof(next));
	checks(root, "the next boot is \"win\"", NULL, "BootNext is what this boot was");
	put_bytes(root, EFI "BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c", current, sizeof(current));
	checks(root, "the next boot is \"Boot0005\"", NULL, "BootNext is another");
	remove_tree(root);
}

static bool count(void *context, const char *name, struct bytes content)
{
	(void)name;
	(void)content;
	return ++*(int *)context > 0;
}

/* Cut anywhere it is refused or read in part, and nothing beyond the end is read. */
static void test_cut(void)
{
	AUTO_BUFFER struct buffer initramfs = { 0 };
	bool never_more = true;

	add_archive(&initramfs, "etc", "one", "text");
	for (size_t size = 0; size < initramfs.size; size++) {
		AUTO_FREE uint8_t *copy = exact_copy((struct bytes){ initramfs.data, size });
		int entries = 0;

		error_free(initramfs_visit((struct bytes){ copy, size }, count, &entries));
		never_more &= entries <= 2;
	}
	ok(never_more, "an initramfs that is cut");
}

int main(void)
{
	test_initramfs();
	test_key();
	test_hooks();
	test_seen();
	test_entries();
	test_cut();
	return tap_done();
}
