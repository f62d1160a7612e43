# power=suspend: B saves, and suspends the machine to memory in A's place. QEMU's clock wakes it; the second time its
# power is cut.
title: a saver that suspends: woken, A continues at once; without power, the next boot resumes it from the snapshot
memory: 256
disk: 400M
boots: A C
programs: kexec kdump krestore khibernate
initramfs-B: project
initramfs-C: project
append-C: khdev=/dev/vda
until-A: suspending to memory without an alarm
checks: 11

[A]
clock=/sys/class/rtc/rtc0
start_counter
fill_blob 20
echo "device=/dev/vda" >/etc/khibernate.conf
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --prepare=no
echo $(($(cat $clock/since_epoch) + 35)) >$clock/wakealarm
ok "hibernate with power=suspend" khibernate hibernate --power=suspend
cp "$output" /run/woken
ok "the machine was woken" grep '^woken from memory' /run/woken
ok "the snapshot is given up" sh -c 'khibernate status | grep -q "^state *empty"'
ok "the counter continues" counter_advances
ok "20 MB of random data have the same checksum" check_blob
ok "A is resumed from the snapshot when power was lost" khibernate hibernate --power=suspend
cp "$output" /run/resumed
ok "from the disk" grep '^resumed from snapshot' /run/resumed
ok "the snapshot is used" sh -c 'khibernate status | grep -q "^state *used"'
ok "the counter continues" counter_advances
ok "20 MB of random data have the same checksum" check_blob

[C]
ok "A is resumed" false
