# C1's processor is another one. C1's system hibernates, too, and C2 has noresume.
title: a snapshot that cannot or shall not be resumed is given up before anything is mounted, and the machine boots
memory: 512
cpu-C1.x86_64: qemu64,+ssse3
cpu-C1.i386: qemu32,+ssse3
disk: 300M
root: 96M
boots: A C1 C2
timeout: 200
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
initramfs-C: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda
append-C: root=/dev/vdb rw init=/init khdev=/dev/vda
append-C2: root=/dev/vdb rw init=/init khdev=/dev/vda noresume
checks: 7

[A]
echo A >/root/who
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
khibernate hibernate
say "not ok - A is back: $(khibernate status)"

[C1]
is "the system boots on its root" "$(cat /root/who)" A
is "there is no snapshot to be resumed" "$(khibernate status | grep -c committed)" 0
echo C1 >/root/who
khibernate hibernate --power=reboot
say "not ok - C1 is back: $(khibernate status)"

[C2]
is "the root has what the system wrote that is not resumed" "$(cat /root/who)" C1
is "there is no snapshot to be resumed now, either" "$(khibernate status | grep -c committed)" 0
ok "it can be hibernated to again" khibernate setup
mount -o remount,ro /

[host]
ok "e2fsck finds nothing" e2fsck -fn "$root"
