# The kernel that boots keeps more memory free than A does, which has set that down: what A uses leaves it too little.
title: a snapshot too large for the booting kernel is restored by a second one in its window, and a line says why
memory: 320
disk: 300M
root: 64M
boots: A A
timeout: 200
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda sysctl.vm.min_free_kbytes=14336
checks: 8

[A]
start_counter
echo 2048 >/proc/sys/vm/min_free_kbytes
# A kernel of 32 bits leaves more to the boot.
case $(uname -m) in
x86_64) size=230 ;;
*) size=248 ;;
esac
fill_blob "$size"
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --window=0x1000000-0x3ffffff \
	--append=sysctl.vm.min_free_kbytes=1024
before=$(counter)
ok "khibernate exits 0 in A when it has been resumed" khibernate hibernate
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "the random data have the same checksum" check_blob
mount -o remount,ro /

[host]
said='khibernate: this kernel cannot restore it\. Not by placement: the snapshot needs .* MiB, and this kernel can spare'
ok "the boot says why" grep -qa "$said.*; starting the kernel that restores it" "$serial.A"
ok "the second kernel says it, too" grep -qa 'krestore: not restored by placement but from the window' "$serial.A"
ok "e2fsck finds nothing" e2fsck -fn "$root"
