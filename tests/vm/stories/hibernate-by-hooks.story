# The place has a name that only the user's program gives it: a link to the disk, for as long as it is open.
title: programs in hooks.d set up the snapshot's place in A, B and C; A says which of them failed in B
memory: 256
disk: 300M
boots: A C
programs: kexec kdump khibernate
initramfs-B: project
checks: 13

[common]
hooks=/etc/khibernate/hooks.d
put_hook() {
	mkdir -p $hooks
	cat >$hooks/place <<-'END'
		#!/bin/sh
		echo "$1" >>/run/place
		case $1 in
		open) ln -s vda /dev/saved ;;
		close) rm /dev/saved ;;
		esac
	END
	chmod 755 / /etc /etc/khibernate $hooks $hooks/place
}

[A]
# What khibernate-mkinitramfs makes where it finds these programs, with the program ln.
add_to_initramfs() {
	mkdir -p /tmp/more/etc /tmp/more/bin
	cp -R /etc/khibernate /tmp/more/etc/
	ln -s busybox /tmp/more/bin/ln
	(cd /tmp/more && find . | cpio -o -H newc 2>/dev/null | gzip -1) >>/boot/rootfs.gz
	rm -r /tmp/more
}
put_hook
add_to_initramfs
ok "setup opens the place" khibernate setup --device=/dev/saved --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
is "and notes the name that the program gives it" "$(grep ^device= /etc/khibernate.conf)" device=/dev/saved
is "it was opened once, and closed" "$(tr '\n' ' ' </run/place)" "open close "
chmod o+w $hooks/place
refused "a program that others can change is not run" 'users other than root can change .*hooks.d/place' khibernate cancel
chmod o-w $hooks/place
printf '#!/bin/sh\n[ $1 != open ] || [ ! -e /proc/vmcore ] || { echo "no second disk"; exit 3; }\n' >$hooks/second
chmod 755 $hooks/second
cp /boot/rootfs.gz /boot/good.gz
add_to_initramfs
is "one fails in B: A goes on, with the reason" "$(khibernate hibernate 2>&1 | tail -n 1)" \
	"khibernate: not hibernated: khibernate: $hooks/second open failed, exit status 3: no second disk"
rm $hooks/second
mv /boot/good.gz /boot/rootfs.gz
start_counter
fill_blob 30
before=$(counter)
rm /run/place
ok "A is resumed" khibernate hibernate
cp "$output" /tmp/hibernate
note "$(tail -n 1 /tmp/hibernate)"
ok "from that place" grep -q '^resumed from snapshot 1 on /dev/saved' /tmp/hibernate
is "A had closed it for the jump" "$(tr '\n' ' ' </run/place)" "open close open close "
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "30 MB of random data have the same checksum" check_blob
ok "the snapshot is used" sh -c 'khibernate status | grep "^state *used"'
is "nothing is left open" "$(ls /dev/saved 2>/dev/null)" ""

[C]
put_hook
echo device=/dev/saved >/etc/khibernate.conf
khibernate resume --boot
say "not ok - it is not resumed"
