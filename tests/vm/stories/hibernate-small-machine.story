# The smallest machines in which half of memory holds a kernel that can run there.
title: khibernate in 80 or 64 MiB, on a disk with sectors of 4096 bytes; a window too small for the saver is refused
memory: 80
memory.i386: 64
disk: 64M
root: 64M
disks: virtio-4096
boots: A A
programs: kexec kdump krestore khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda
checks: 10

[A]
start_counter
fill_blob 2
gzip -9 </boot/rootfs.gz >/root/initrd.gz
note "A has $(sed -n 1,3p /proc/meminfo | tr '\n' ' ')"
case $(uname -m) in
x86_64) last=0x2ffffff ;;
*) last=0x27fffff ;;
esac
is "the disk has sectors of 4096 bytes" "$(cat /sys/block/vda/queue/logical_block_size)" 4096
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/root/initrd.gz --window=0x1000000-$last
ok "a saver that could not start is not jumped to" sh -c \
	'khibernate hibernate --window=0x1000000-0x1ffffff 2>&1 | grep "needs .* MiB to run, without which it could not come back"'
before=$(counter)
ok "khibernate exits 0 in A when it has been resumed" khibernate hibernate
note "$(cat "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "the random data have the same checksum" check_blob
ok "the kernel has found nothing wrong" sh -c '! dmesg | grep -iE "bug:|corrupt|bad page|warning:|out of memory"'
mount -o remount,ro /

[host]
ok "it was placed by the kernel that booted" sh -c "! grep -qa 'not restored by placement\|cannot restore it' '$serial.A'"
ok "e2fsck finds nothing" e2fsck -fn "$root"
