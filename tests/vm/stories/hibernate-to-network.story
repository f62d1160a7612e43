# The disk is another machine's. B and C reach it by the example for hooks.d, with Debian's nbd-client, and start their
# network. The other program in hooks.d is the test's: it pulls the cable, and puts it back.
title: khibernate saves to a disk of another machine by NBD, and resumes; with the cable pulled while it saves, and when it resumes
arches: x86_64
kernel: x86_64-net
memory: 384
boots: A C
devices: virtio-net
network-disk: 300M
programs: kexec kdump khibernate
initramfs-B: project
tools-A: nbd
tools-C: nbd
files-A: initramfs/hooks/nbd:/etc/khibernate/hooks.d/nbd
files-C: initramfs/hooks/nbd:/etc/khibernate/hooks.d/nbd
press-C: press r | r
checks: 13

[common]
hooks=/etc/khibernate/hooks.d
configure_nbd() {
	printf '%s\n' server=10.0.0.100 name=snapshots address=10.0.0.15/24 interface=eth0 seconds=2 timeout=5 >/etc/khibernate/nbd.conf
	cat >$hooks/cable <<-'END'
		#!/bin/sh
		[ "$1" = open ] || exit 0
		cable() {
			echo "<1>KJ monitor set_link net0 $1" >/dev/kmsg
		}
		when_saving() {
			while read -r _ _ _ _ _ _ written _ </sys/block/nbd0/stat && [ "$written" -lt 8000 ]; do usleep 20000; done
			cable off
		}
		if [ -e /etc/khibernate/pull ]; then
			when_saving &
		elif [ -e /run/pulled ]; then
			rm /run/pulled
		else
			cable on
		fi
	END
	chmod 755 / /etc /etc/khibernate $hooks $hooks/*
}

[A]
# What khibernate-mkinitramfs puts into the initramfs where it finds these programs.
add_to_initramfs() {
	mkdir -p /tmp/more/usr /tmp/more/etc /tmp/more/bin
	cp -R /etc/khibernate /tmp/more/etc/
	cp -R /lib /lib64 /tmp/more/
	cp -R /usr/bin /tmp/more/usr/
	for name in ip grep sleep timeout; do ln -s busybox /tmp/more/bin/$name; done
	(cd /tmp/more && find . | cpio -o -H newc 2>/dev/null | gzip -1) >>/boot/rootfs.gz
	rm -r /tmp/more
}
configure_nbd
cp /boot/rootfs.gz /boot/bare.gz
add_to_initramfs
ok "setup opens the disk" khibernate setup --device=/dev/nbd0 --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
is "and closes it" "$(cat /sys/block/nbd0/size)" 0
start_counter
fill_blob 40
before=$(counter)
cp /boot/rootfs.gz /boot/good.gz
mv /boot/bare.gz /boot/rootfs.gz
: >/etc/khibernate/pull
add_to_initramfs
rm /etc/khibernate/pull
said=$(khibernate hibernate 2>&1 | tail -n 1)
note "$said"
ok "the cable is pulled while B saves: A continues, with the reason" test -z "${said##khibernate: not hibernated: *nbd0*}"
ok "the counter continues" counter_advances
ok "the snapshot is not complete" sh -c "khibernate status | grep '^state *writing'"
mv /boot/good.gz /boot/rootfs.gz
ok "A is resumed" khibernate hibernate
cp "$output" /tmp/hibernate
note "$(tail -n 1 /tmp/hibernate)"
ok "from that disk" grep -q '^resumed from snapshot [0-9]* on /dev/nbd0' /tmp/hibernate
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
ok "the snapshot is used" sh -c 'khibernate status | grep "^state *used"'
is "the disk is closed" "$(cat /sys/block/nbd0/size)" 0

[C]
configure_nbd
echo device=/dev/nbd0 >/etc/khibernate.conf
say "monitor set_link net0 off"
: >/run/pulled
khibernate resume --boot
say "not ok - it is not resumed"

[host]
ok "C asked, the cable pulled" grep -qa 'hooks.d/nbd open failed.*no disk .*after 2 s' "$serial.C"
