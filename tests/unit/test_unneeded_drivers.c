/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers that a saving kernel need not have, on machines that are folders. */
#include "lib/disk/unneeded_drivers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/disk/usb_disks.h"
#include "tests/tap.h"

/* Shell functions that build a machine in the current folder. */
static const char functions[] =
	"set -e\n"
	"module() { mkdir -p sys/module/$1; [ -z \"$2\" ] || echo live >sys/module/$1/initstate; }\n"
	"driver() { mkdir -p sys/bus/$1/drivers/$2; ln -s ../../../../module/$3 sys/bus/$1/drivers/$2/module; }\n"
	/* device BUS PATH DRIVER [CLASS] */
	"device() { mkdir -p sys/devices/$2 sys/bus/$1/devices; [ -z \"$4\" ] || echo $4 >sys/devices/$2/class\n"
	"	[ -z \"$3\" ] || ln -s \"$PWD/sys/bus/$1/drivers/$3\" sys/devices/$2/driver\n"
	"	ln -s ../../../devices/$2 sys/bus/$1/devices/${2##*/}; }\n"
	/* disk PATH-OF-DEVICE NAME MAJOR:MINOR */
	"disk() { mkdir -p sys/devices/$1/block/$2 sys/dev/block sys/block; echo 9 >sys/devices/$1/block/$2/size\n"
	"	ln -s ../.. sys/devices/$1/block/$2/device; ln -s ../../devices/$1/block/$2 sys/dev/block/$3\n"
	"	ln -s ../devices/$1/block/$2 sys/block/$2; }\n"
	"mkdir -p proc sys/class/tty/console; echo ttyS0 >sys/class/tty/console/active\n";

/* A disk each on virtio, IDE and USB; a network card, a display, a serial card, a bridge. */
static const char machine[] =
	"module virtio_pci m; module virtio_blk m; module virtio_net m; module virtio_gpu m; module xhci_pci m; module e1000 m\n"
	"module ata_piix; module pcieport; module 8250_pci; module snd_hda_intel\n"
	"driver pci virtio-pci virtio_pci; driver virtio virtio_blk virtio_blk; driver virtio virtio_net virtio_net\n"
	"driver virtio virtio_gpu virtio_gpu; driver pci xhci_hcd xhci_pci; driver pci e1000 e1000; driver pci ata_piix ata_piix\n"
	"driver pci pcieport pcieport; driver pci serial 8250_pci; driver pci snd_hda_intel snd_hda_intel\n"
	"p=pci0000:00; device pci $p/0000:00:01.1 ata_piix 0x010180; disk $p/0000:00:01.1/ata1 sda 8:0\n"
	"device pci $p/0000:00:02.0 '' 0x030000; device pci $p/0000:00:03.0 e1000 0x020000\n"
	"device pci $p/0000:00:04.0 virtio-pci 0x010000; device virtio $p/0000:00:04.0/virtio0 virtio_blk\n"
	"disk $p/0000:00:04.0/virtio0 vda 254:0; mkdir sys/devices/$p/0000:00:04.0/virtio0/block/vda/vda1\n"
	"echo 1 >sys/devices/$p/0000:00:04.0/virtio0/block/vda/vda1/partition\n"
	"ln -s ../../devices/$p/0000:00:04.0/virtio0/block/vda/vda1 sys/dev/block/254:1\n"
	"device pci $p/0000:00:05.0 virtio-pci 0x020000; device virtio $p/0000:00:05.0/virtio1 virtio_net\n"
	"device pci $p/0000:00:06.0 virtio-pci 0x038000; device virtio $p/0000:00:06.0/virtio2 virtio_gpu\n"
	"device pci $p/0000:00:07.0 pcieport 0x060400; device pci $p/0000:00:07.0/0000:01:00.0 xhci_hcd 0x0c0330\n"
	"disk $p/0000:00:07.0/0000:01:00.0/usb1/1-1/host6 sdb 8:16\n"
	"device pci $p/0000:00:08.0 serial 0x070002; device pci $p/0000:00:09.0 snd_hda_intel 0x040300\n"
	"mkdir -p sys/devices/virtual/block/dm-0/slaves sys/devices/virtual/block/zram0 sys/devices/virtual/block/nbd0\n"
	"touch sys/devices/virtual/block/dm-0/slaves/vda1; ln -s ../../devices/virtual/block/dm-0 sys/dev/block/253:0\n"
	"mkdir sys/devices/virtual/block/dm-0/dm; ln -s ../../devices/virtual/block/zram0 sys/dev/block/252:0\n"
	"ln -s ../../devices/virtual/block/nbd0 sys/dev/block/43:0\n"
	"cat >proc/kallsyms <<'END'\n"
	"0000000000000000 t piix_init\n"
	"0000000000000000 d __initcall__kmod_ata_piix__310_1785_piix_init6\n"
	"0000000000000000 d __initcall__kmod_ata_piix_other__310_1785_other_init6\n"
	"0000000000000000 d __initcall__kmod_snd_hda_intel__12_7_azx_setup4s\n"
	"0000000000000000 d __initcall__kmod_pcieport__1_2_pcie_portdrv_init6\n"
	"END\n";

static char *make_machine(const char *more)
{
	char *folder = xstrdup("/tmp/kexec-jump-drivers-XXXXXX");

	if (!mkdtemp(folder))
		exit(2);

	AUTO_FREE char *command = xasprintf("cd %s\n%s%s%s", folder, functions, machine, more);

	if (system(command))
		exit(2);
	return folder;
}

static void remove_machine(char *folder)
{
	AUTO_FREE char *command = xasprintf("rm -rf '%s'", folder);

	if (system(command))
		exit(2);
	free(folder);
}

struct expected {
	const char *modules, *initcalls;
	unsigned int hidden_disks;
};

static void finds(const char *more, dev_t *needed, size_t count, struct expected expected, const char *name)
{
	AUTO_UNNEEDED_DRIVERS struct unneeded_drivers drivers = { 0 };
	const struct device_set set = { .items = needed, .count = count };
	char *root = make_machine(more);

	unneeded_drivers_find(&drivers, root, &set);
	is_text(drivers.modules, expected.modules, "%s: modules", name);
	is_text(drivers.initcalls, expected.initcalls, "%s: initcalls", name);
	is_u64(drivers.hidden_disks, expected.hidden_disks, "%s: disks that are not found then", name);
	remove_machine(root);
}

static void is_on_usb(dev_t *used, size_t count, const char *disk, const char *name)
{
	const struct device_set set = { .items = used, .count = count };
	char *root = make_machine("");
	AUTO_FREE char *found = usb_disk_among(root, &set);

	is_text(found ? found : "none", disk, "%s", name);
	remove_machine(root);
}

/* On the SMBus, as ipmi_ssif finds it. */
#define BMC \
	"module i2c_i801 m; driver pci i801_smbus i2c_i801; device pci pci0000:00/0000:00:0a.0 i801_smbus 0x0c0500\n" \
	"mkdir -p sys/devices/pci0000:00/0000:00:0a.0/i2c-0/0-0010; device platform platform/ipmi_bmc.0\n" \
	"ln -s ../../pci0000:00/0000:00:0a.0/i2c-0/0-0010 sys/devices/platform/ipmi_bmc.0/ipmi0\n"

#define NEEDED(...) (dev_t[]){ __VA_ARGS__ }, sizeof((dev_t[]){ __VA_ARGS__ }) / sizeof(dev_t)

int main(void)
{
	const dev_t vda1 = makedev(254, 1), sda = makedev(8, 0), sdb = makedev(8, 16), nbd0 = makedev(43, 0);
	const dev_t dm = makedev(253, 0), zram = makedev(252, 0), gone = makedev(7, 7);

	finds("", NEEDED(vda1), (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 },
	      "a partition of one disk, the console is serial");
	finds("", NEEDED(vda1, sda), (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "", 1 },
	      "two disks on two controllers");
	finds("", NEEDED(sdb), (struct expected){ "e1000,virtio_pci,virtio_blk,virtio_net,virtio_gpu", "piix_init", 2 },
	      "a disk behind a bridge and a USB controller");
	finds("", NEEDED(vda1, dm, zram), (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 },
	      "a stack on the disk, and swap in memory");
	finds("", NEEDED(vda1, nbd0), (struct expected){ "", "", 0 }, "a disk on no controller: all are left");
	finds("", NEEDED(vda1, gone), (struct expected){ "", "", 0 }, "a device that is not there: all are left");
	finds("echo tty0 ttyS0 >sys/class/tty/console/active", NEEDED(vda1),
	      (struct expected){ "e1000,xhci_pci,virtio_net", "piix_init", 2 }, "the display is a console");
	finds("rm sys/class/tty/console/active", NEEDED(vda1), (struct expected){ "e1000,xhci_pci,virtio_net", "piix_init", 2 },
	      "which consoles there are is not known");
	finds("rm proc/kallsyms", NEEDED(vda1), (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "", 1 },
	      "no symbols: drivers that are built in stay");
	finds("rm sys/bus/pci/drivers/ata_piix/module; rmdir sys/module/ata_piix", NEEDED(vda1),
	      (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 },
	      "a driver that is built in, without a link to its module");
	finds("module i2c_i801 m; driver pci i801_smbus i2c_i801\n"
	      "device pci pci0000:00/0000:00:0a.0 i801_smbus 0x0c0500", NEEDED(vda1),
	      (struct expected){ "e1000,i2c_i801,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 }, "an SMBus");
	finds("w=pci0000:00/0000:00:0a.0/iTCO_wdt/watchdog/watchdog0; module i2c_i801 m; driver pci i801_smbus i2c_i801\n"
	      "device pci pci0000:00/0000:00:0a.0 i801_smbus 0x0c0500; mkdir -p sys/class/watchdog sys/devices/$w\n"
	      "ln -s ../../devices/$w sys/class/watchdog/watchdog0", NEEDED(vda1),
	      (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 },
	      "an SMBus that has the watchdog");
	finds(BMC "", NEEDED(vda1), (struct expected){ "e1000,i2c_i801,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 },
	      "an SMBus to a BMC");
	finds(BMC "module ipmi_watchdog m", NEEDED(vda1),
	      (struct expected){ "e1000,xhci_pci,virtio_net,virtio_gpu", "piix_init", 2 }, "whose watchdog is used");
	finds("rm -r sys/bus", NEEDED(vda1), (struct expected){ "", "", 0 }, "no buses");
	is_on_usb(NEEDED(vda1, sda, gone), "none", "no disk in use is on USB");
	is_on_usb(NEEDED(vda1, sdb), "sdb", "one is");
	return tap_done();
}
