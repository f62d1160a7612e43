# The initrd lies on a disk, so that it takes memory only as it is loaded: 56 MiB, once with kexec_load, and twice with
# kexec_file_load, more than the machine has. Were that tried, the loader would be killed.
title: a machine with little memory loads an initrd that fits once
arches: x86_64
memory: 176
disk: 80M
checks: 5

[A]
ok "a disk" mke2fs -q /dev/vda
mount -t ext4 /dev/vda /mnt
dd if=/dev/zero of=/mnt/initrd bs=1M count=56 2>/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches
cp bzImage /mnt
note "$(grep MemAvailable /proc/meminfo)"
ok "kexec loads it" sh -c "kexec -d -l /mnt/bzImage --initrd=/mnt/initrd 2>/tmp/why"
ok "and says why by kexec_load" grep 'more than this machine has to spare; trying kexec_load' /tmp/why
is "it is loaded" "$(loaded)" 1
kexec -u
ok "nothing was killed for lack of memory" sh -c "! dmesg | grep -i 'out of memory'"

[B]
