# B is the same kernel and has the drivers of all devices, too: A gets them back as B's drivers leave them.
title: devices at work go on after a jump and back, with their drivers in both kernels
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 768
cpus: 2
timeout: 300
files-A: tests/vm/guest/devices.sh:/boot/devices.sh tests/vm/programs/bin/play:/sbin/play

[variants]
pc: devices: ide lsi pvscsi virtio-blk virtio-scsi e1000 rtl8139 bochs; append-A: kj.patience=25; checks: 44
q35: machine: q35; devices: sd-card nvme ahci virtio-net e1000e hda tpm rtc intel-iommu numa; append-A: intel_iommu=on kj.B=intel_iommu=on; checks: 46
q35-megaraid: machine: q35; devices: megaraid; checks: 10
q35-plugged: machine: q35; devices: virtio-rng virtio-balloon usb-keyboard amd-iommu hot-dimm hot-cpu i6300esb virtio-vga; append-A: module_blacklist=virtio_gpu kj.B=module_blacklist=virtio_balloon,virtio_gpu; checks: 33
q35-x2apic: x2apic: yes; devices: igb e1000e; checks: 15

[A]
. /boot/devices.sh
for_devices has_driver
for_devices start_work
start_counter
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend $(cmdline_value kj.B)"
cp "$output" /run/load
for_devices is_warned_of
for round in 1 2; do
	ok "$round: B has jumped back" kexec -e
	ok "$round: the counter continues" counter_advances
	for_devices still_works
done
stop_work

[B]
note "B's drivers: $(echo $(lsmod | sed '1d;s/ .*//'))"
kexec --load-jump-back-helper
while :; do kexec -e; done

[host]
if [ -e "$pictures/blank.ppm" ]; then
	ok "the screen: a text was on the screen" test "$(sha256sum <"$pictures/blank.ppm")" != "$(sha256sum <"$pictures/before.ppm")"
	ok "the screen: it is there again, and nothing else" cmp "$pictures/before.ppm" "$pictures/after.ppm"
fi
