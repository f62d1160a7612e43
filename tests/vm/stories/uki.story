# The first time with one more initrd, which holds the UKI again: B starts it the second time without.
title: a UKI of systemd's stub starts by each system call, with its command line and initrd
arches: x86_64
memory: 512
boots: A C
timeout: 180
checks: 12
uki: console=ttyS0 quiet panic=-1 kj.role=B kj.odd="a  b",c=d

[A]
ok "the file is an EFI program" grep -q '^MZ' uki.efi
ok "its name is that of its .osrel" sh -c "kexec --dry-run -l uki.efi | grep '^uki *a UKI of the tests, initrds in it: 1, with a'"
find /boot/uki.efi /boot/rootfs.gz | cpio -o -H newc 2>/dev/null | gzip -1 >/tmp/more.gz
ok "A loads it with kexec_load" kexec -c -l uki.efi --initrd=/tmp/more.gz
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
# The test kernels put no_timer_check in front.
is "the command line, byte for byte" "$(sed "s/no_timer_check //" /proc/cmdline)" \
	'console=ttyS0 quiet panic=-1 kj.role=B kj.odd="a  b",c=d'
if [ -e /boot/uki.efi ]; then
	ok "the initrd given lies behind that of the UKI" gzip -t /boot/rootfs.gz
	ok "B loads it with kexec_file_load" kexec -s -l uki.efi
	is "that is loaded" "$(loaded)" 1
	kexec -e
fi
is "only the UKI's initrd this time" "$(echo /boot/*)" "/boot/*"
ok "all memory is there" test "$(ram_kib)" -gt 500000
power_off

[C]
ok "the machine starts again" true
