# The disk with the snapshot and the one with the root file system are virtio's; A's ordinary boot is C. B has the drivers
# of the disks only: drivers=needed.
title: devices at work go on after a hibernation by khibernate and the ordinary boot that resumes A
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 768
cpus: 2
disk: 600M
root: 200M
boots: A A
timeout: 300
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=LABEL=root rw init=/init khdev=/dev/vda
files-A: tests/vm/guest/devices.sh:/boot/devices.sh tests/vm/programs/bin/play:/sbin/play

[variants]
pc: devices: ide lsi megaraid pvscsi virtio-blk virtio-scsi e1000 rtl8139 bochs; append-A: root=LABEL=root rw init=/init khdev=/dev/vda kj.patience=25; checks: 39
q35: machine: q35; devices: sd-card nvme ahci virtio-net e1000e hda tpm rtc intel-iommu numa; append-A: root=LABEL=root rw init=/init khdev=/dev/vda intel_iommu=on; checks: 35
q35-rest: machine: q35; devices: virtio-rng virtio-balloon usb-keyboard amd-iommu i6300esb virtio-vga; append-A: root=LABEL=root rw init=/init khdev=/dev/vda module_blacklist=virtio_gpu; checks: 20
q35-x2apic: x2apic: yes; devices: igb e1000e; checks: 11

[A]
. /boot/devices.sh
# The other end forgets the connection when the machine is off.
connections=2
for_devices has_driver
for_devices start_work
start_counter
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
ok "A is resumed" khibernate hibernate
note "$(grep resumed "$output")"
ok "the counter continues" counter_advances
for_devices still_works
stop_work
sync
mount -o remount,ro /

[host]
if [ -e "$pictures/blank.ppm" ]; then
	ok "the screen: a text was on the screen" test "$(sha256sum <"$pictures/blank.ppm")" != "$(sha256sum <"$pictures/before.ppm")"
	ok "the screen: it is there again, and nothing else" cmp "$pictures/before.ppm" "$pictures/after.ppm"
fi
