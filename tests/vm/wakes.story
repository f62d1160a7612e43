# Not a test of every run: tests/vm/soak runs it. KASLR is on in each of the four boots.
title: a saver, booted once, is woken twenty times in four boots of A, each time by a load of its file
memory: 512
cpus: 2
disk: 150M
boots: A A A A
programs: kexec khibernate
timeout: 300
checks: 83

[A]
mount -t ext4 /dev/vda /mnt 2>/dev/null || { mke2fs -q /dev/vda && mount -t ext4 /dev/vda /mnt; }
if [ ! -e /mnt/asleep ]; then
	ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
		--append="console=ttyS0 quiet panic=-1 no_console_suspend"
	ok "B comes back" kexec -e
	ok "A writes the sleeping B to a file" kexec --save-asleep=/mnt/asleep
	kexec -u
fi
fill_blob 50
boot=$(($(cat /mnt/boot 2>/dev/null || echo 0) + 1))
echo $boot >/mnt/boot
note "boot $boot: $(grep 'Kernel code' /proc/iomem)"
for round in 1 2 3 4 5; do
	ok "boot $boot, load $round" kexec --load-preserve-context --args-none /mnt/asleep --append="khround=$boot.$round"
	ok "boot $boot, A is back for the $round. time" kexec -e
	ok "boot $boot, with all it had" check_blob
done
umount /mnt
[ $boot = 4 ] || power_off

[B]
kexec --load-jump-back-helper || say "not ok - B loads the way back"
while kexec -e; do
	ok "B is woken: $(khibernate awake >/tmp/awake 2>&1; cut -d' ' -f6- /run/awake/words)" test ! -s /tmp/awake
done
