# The next machine is the same one, with the stick in another: it is changed there.
title: a stick that A never mounted is written to elsewhere, and A is resumed all the same
memory: 512
disk: 300M 16M
root: 96M
boots: A C A
timeout: 300
programs: kexec kdump krestore khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdc rw init=/init khdev=/dev/vda
checks: 5

[A]
if [ -e /root/second ]; then
	note "state: $(khibernate status | grep state)"
	say "not ok - A booted anew: the session is lost"
	poweroff -f
fi
touch /root/second; sync
mke2fs -L stick /dev/vdb >/dev/null 2>&1
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
ok "A is resumed" khibernate hibernate
ok "what it had mounted is whole" test -e /root/second

[C]
ok "stick used in another computer" mount -t ext4 /dev/vdb /mnt
echo x >/mnt/x
ok "and taken out" umount /mnt
power_off
