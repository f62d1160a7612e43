/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "hibernate/first_process.h"
#include "hibernate/khibernate_config.h"
#include "hibernate/second_kernel.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/machine/kernel_config.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void test_ordinary_boot(void)
{
	ok(first_process_is_ordinary("root=/dev/sda1 quiet resume=/dev/sda2"), "an ordinary boot");
	ok(!first_process_is_ordinary("quiet go_to_resume khdev=8:2"), "a kernel that was started to restore");
	ok(!first_process_is_ordinary("go_to_hibernate kexec_jump_back_entry=0x1000"), "one that was jumped to");
	ok(!first_process_is_ordinary("quiet kexec_jump_back_entry=0x1000"), "the same, without work");
}

static void test_defaults(void)
{
	AUTO_KHIBERNATE_CONFIG struct khibernate_config config = { 0 };

	khibernate_config_init(&config);
	is_text(config.device, "", "no device by default");
	is_text(config.exclude, "free,zero", "free and zero pages are left out by default");
	is_text(config.power, "off", "the machine is switched off by default");
	ok(!config.has_window, "the window is chosen by default");
}

static void test_parse(void)
{
	AUTO_KHIBERNATE_CONFIG struct khibernate_config config = { 0 }, again = { 0 };
	struct error *error;

	khibernate_config_init(&config);
	error = khibernate_config_parse(&config,
					"# a comment\n\n device = PARTUUID=0c2f-01 \nkernel=/boot/vm linuz\n"
					"append=console=ttyS0 quiet\nwindow=0x1000000-0x8ffffff\npower=s4",
					"conf");
	ok(!error, "a configuration is read");
	is_text(config.device, "PARTUUID=0c2f-01", "a value may have = in it; blanks around it do not count");
	is_text(config.kernel, "/boot/vm linuz", "and those inside do");
	is_text(config.append, "console=ttyS0 quiet", "words for the command line");
	is_text(config.power, "s4", "the last line needs no newline");
	ok(config.has_window && config.mem_min == 0x1000000 && config.mem_max == 0x8ffffff, "a window");

	AUTO_FREE char *text = khibernate_config_text(&config);

	khibernate_config_init(&again);
	error = khibernate_config_parse(&again, text, "conf");

	AUTO_FREE char *same = khibernate_config_text(&again);

	ok(!error && !strcmp(text, same), "what is written reads the same");
	ok(!khibernate_config_set(&again, "window", "auto") && !again.has_window, "window=auto");
}

static void test_refusals(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "device\n", "conf, line 1: \"device\" is no key=value" },
		{ "\ncolour=red\n", "conf, line 2: there is no setting \"colour\"" },
		{ "power=maybe\n", "conf, line 1: power=maybe is not one of off, s4, reboot, suspend" },
		{ "device=PARTLABEL=my disk\n", "conf, line 1: device=PARTLABEL=my disk has a blank or a quotation mark in "
		  "it, which a kernel's command line does not take there; name the device in another way" },
		{ "compress=xz\n", "conf, line 1: compress=xz is not one of auto, none, lz4, zstd" },
		{ "exclude=user\n", "conf, line 1: exclude=user is not one of none, free, zero, free,zero" },
		{ "window=16M\n", "conf, line 1: window=16M is neither auto nor two addresses, first-last" },
		{ "window=2M-1M\n", "conf, line 1: window=2M-1M is neither auto nor two addresses, first-last" },
	};
	AUTO_KHIBERNATE_CONFIG struct khibernate_config config = { 0 };

	khibernate_config_init(&config);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct error *error = khibernate_config_parse(&config, bad[i].text, "conf");

		is_text(error ? error_text(error) : "", bad[i].says, "refused: %.*s", (int)strcspn(bad[i].text, "\n"), bad[i].text);
		error_free(error);
	}
	struct error *error = khibernate_config_set(&config, "append", "one\ntwo");

	ok(error, "a newline would be a second setting");
	error_free(error);
}

static void test_balloon(void)
{
	char root[] = "/tmp/kexec-jump-balloon-XXXXXX";

	if (!mkdtemp(root))
		exit(2);

	AUTO_FREE char *make = xasprintf("mkdir -p %s/sys/bus/virtio/drivers/virtio_balloon/virtio2", root);
	AUTO_FREE char *remove = xasprintf("rm -r '%s'", root);
	AUTO_FREE char *none = second_kernel_without_balloon(root, "go_to_sleep x");

	is_text(none, "go_to_sleep x", "a machine without a balloon");
	if (system(make))
		exit(2);

	AUTO_FREE char *one = second_kernel_without_balloon(root, "go_to_sleep x");
	AUTO_FREE char *more = second_kernel_without_balloon(root, "x module_blacklist=e1000");

	is_text(one, "go_to_sleep x module_blacklist=virtio_balloon initcall_blacklist=virtio_balloon_driver_init",
		"a balloon would be filled from the window");
	is_text(more, "x initcall_blacklist=virtio_balloon_driver_init module_blacklist=e1000,virtio_balloon",
		"beside the other drivers that are left out");
	if (system(remove))
		exit(2);
}

static void test_cmdline(void)
{
	AUTO_KHIBERNATE_CONFIG struct khibernate_config config = { 0 };
	AUTO_FREE char *cmdline = second_kernel_cmdline(
		"BOOT_IMAGE=/vmlinuz root=/dev/sda2 ro quiet console=ttyS0 crashkernel=256M hugepages=64 khdev=8:3 khgeneration=1 khdisks=3 memmap=1M$2M",
		"no5lvl", "go_to_resume");

	is_text(cmdline, "quiet console=ttyS0 no5lvl go_to_resume",
		"the second kernel's command line has neither the first one's root nor its memory");

	AUTO_FREE char *reserving = second_kernel_cmdline("quiet log_buf_len=32M cma=512M hugetlb_cma=1G swiotlb=force reserve_mem=9M:4096:x "
							  "trace_buf_size=64M", "", "go_to_hibernate");

	is_text(reserving, "quiet go_to_hibernate", "nor what would reserve most of a small window");

	AUTO_FREE char *arguments =
		second_kernel_cmdline("quiet khdev=8:3 -- single", "khdev=8:4 x -- y", "go_to_resume khdev=8:5");

	is_text(arguments, "quiet x go_to_resume khdev=8:5 -- y",
		"its words are parameters, once each; the first one's init has no arguments for it");
	AUTO_FREE char *joined = second_kernel_cmdline("quiet module_blacklist=nouveau", "initcall_blacklist=a_init",
						       "go_to_hibernate module_blacklist=e1000 initcall_blacklist=b_init,c_init");

	is_text(joined, "quiet go_to_hibernate module_blacklist=nouveau,e1000 initcall_blacklist=a_init,b_init,c_init",
		"drivers that are left out are added to those that the user leaves out");
	khibernate_config_init(&config);
	ok(!khibernate_config_set(&config, "device", "8:3"), "a device");

	const struct khimage_superblock superblock = { .generation = 7, .boot_id = { 'A', [14] = 255 } };
	AUTO_FREE char *words = second_kernel_save_words(&config, &superblock, 2, "khreport=00");

	is_text(words, "go_to_hibernate khdev=8:3 khgeneration=7 khboot=4100000000000000000000000000ff00 khdisks=2 khexclude=free,zero khcompress=auto khpower=off khreport=00",
		"the command line of the saver");

	const struct unneeded_drivers none = { 0 };
	const struct unneeded_drivers some = { .modules = (char *)"e1000,xhci_pci", .initcalls = (char *)"piix_init" };
	AUTO_FREE char *same = second_kernel_without_drivers(words, &none);
	AUTO_FREE char *more = second_kernel_without_drivers("x", &some);

	is_text(same, words, "with all drivers it stays as it is");
	is_text(more, "x module_blacklist=e1000,xhci_pci initcall_blacklist=piix_init", "else it names those that are left out");
}

static void test_spare(void)
{
	char *root = make_folder();

	put_file_below(root, "/sys/devices/system/cpu/present", "0-63\n");
	is_u64(second_kernel_spare_bytes(root), 168 * MIB, "the window has room for all CPUs");
	remove_tree(root);
}

static void test_kernel_config(void)
{
	static const char text[] = "# CONFIG_KEXEC_JUMP is not set\nCONFIG_KEXEC=y\nCONFIG_EXT4_FS=m\nCONFIG_NAME=\"y\"\n";

	ok(kernel_config_has(text, "KEXEC"), "an option that is on");
	ok(kernel_config_has(text, "EXT4_FS"), "one that is a module");
	ok(!kernel_config_has(text, "KEXEC_JUMP"), "one that is off");
	ok(!kernel_config_has(text, "KEX"), "one that is not there");
}

int main(void)
{
	test_ordinary_boot();
	test_defaults();
	test_parse();
	test_refusals();
	test_cmdline();
	test_balloon();
	test_spare();
	test_kernel_config();
	return tap_done();
}
