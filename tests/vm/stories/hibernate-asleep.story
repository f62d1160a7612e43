# KASLR is on. The third boot has one more disk than the one in which the saver was started.
title: khibernate: a saver that was started once is woken for each hibernation, in later boots of A
memory: 512
cpus: 2
disk: 300M
root: 220M
boots: A A A A A
timeout: 200
programs: kexec kdump krestore khibernate kjump_back_param
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda crashkernel=160M -- x
checks: 15

[A]
hibernates() {
	before=$(counter)
	ok "$1: khibernate exits 0 in A when it has been resumed" khibernate hibernate
	note "$(cat "$output")"
	is "$1: the saver was woken" "$(grep -c 'booted, not woken' "$output")" "${2:-0}"
	ok "$1: the counter did not start again" test "$(counter)" -ge "$before"
	ok "$1: random data have the same checksum" check_blob
}
if [ ! -e /root/saver ]; then
	ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --prepare=/root/saver
	ok "prepare" khibernate prepare
	note "$(cat "$output")"
	start_counter
	fill_blob 30
	hibernates "the boot of prepare"
	touch /root/second
	sync
	mount -o remount,ro /
	power_off
fi
# A boot whose kernel lies in the saver's window cannot wake it.
read -r size first <<TEXT
$(kjump_back_param /root/saver | sed -n 's/^window.*memmap=\([0-9]*\)K@\([0-9]*\)K.*/\1 \2/p')
TEXT
# Nor one whose kernel lies elsewhere in the region that crashkernel= had reserved: that one is elsewhere, then.
keep_out $((first * 1024 - (64 << 20))) $(((first + size) * 1024 - 1))
start_counter
fill_blob 30
hibernates "a later boot"
ok "a woken saver that cannot save says why, and A continues" sh -c \
	'! khibernate hibernate --exclude=none --compress=none >/tmp/why 2>&1 && grep "^khibernate: not hibernated: kdump: " /tmp/why'
note "$(cat /tmp/why)"
touch /boot/rootfs.gz
hibernates "with another initramfs" 1
mount -o remount,ro /
