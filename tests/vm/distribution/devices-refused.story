# Without the refusal A comes back once, and hangs at the second jump or at once: the display's queues are gone. A stick
# is pulled out on the way back, with its file system mounted.
title: devices that a jump would lose refuse it and a hibernation: a display by virtio, with its driver's name, and disks on USB in use
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 768
disk: 100M
programs: kexec kdump khibernate
files-A: tests/vm/guest/devices.sh:/boot/devices.sh

[variants]
virtio-gpu: devices: virtio-gpu; checks: 5
usb-sticks: devices: usb2-stick usb3-stick; checks: 12

[A]
. /boot/devices.sh
refused_by() {
	refused "a jump" "$1.*--lose-devices" kexec --load-preserve-context bzImage --initrd=rootfs.gz
	ok "an ordinary load" kexec -l bzImage --initrd=rootfs.gz
	kexec -u
	ok "setup goes on" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
	refused "a hibernation" "$1.*--force" khibernate hibernate
}
with_stick() {
	local disk
	disk=$(within 20 disk_of "$4")
	mke2fs "/dev/$disk" >/dev/null 2>&1
	mkdir -p "/mnt/$1"
	mount -t ext4 "/dev/$disk" "/mnt/$1"
	refused_by "$disk is in use, a disk on USB"
	umount "/mnt/$1"
	ok "$1: not mounted, it is none" kexec --load-preserve-context bzImage --initrd=rootfs.gz
	kexec -u
}
for_devices has_driver
if grep -q virtio-gpu /proc/cmdline; then
	refused_by "virtio_gpu cannot restore the display"
else
	for_devices with_stick
fi

[B]
power_off
