# Without the refusal A comes back once, and hangs at the second jump or at once: its display's queues are gone.
title: a display by virtio, which its driver cannot restore, refuses a jump and a hibernation, with the driver's name
arches: x86_64
kernel: debian-jump
memory: 768
disk: 100M
programs: kexec kdump khibernate
files-A: tests/vm/guest/devices.sh:/boot/devices.sh
checks: 5

[variants]
virtio-gpu: devices: virtio-gpu

[A]
. /boot/devices.sh
for_devices has_driver
refused "a jump" "virtio_gpu cannot restore the display.*--lose-devices" kexec --load-preserve-context bzImage --initrd=rootfs.gz
ok "an ordinary load" kexec -l bzImage --initrd=rootfs.gz
kexec -u
ok "setup goes on" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
refused "a hibernation" "virtio_gpu cannot restore the display.*--force" khibernate hibernate

[B]
power_off
