# B saves one A in four ways; each snapshot is restored in a start of its own, and A continues from there each
# time. That is no second restore of a snapshot: A has no disk mounted that another of them changed.
title: snapshots by cp, makedumpfile and kdump are restored, and A continues with all that it had
memory: 400
ram: junk
cpus: 2
disk: 600M 16M
boots: A C1 C2 C3 C4
timeout: 300
programs: kexec kdump krestore
tools-B: yes
checks: 27

[A]
# makedumpfile and kdump have to see all of A's kernel.
keep_out 0x1000000 0xaffffff
start_counter
fill_blob 16
# Pages of zeros in use, which snapshots leave out; a checksum of them is one of zeros that are there.
dd if=/dev/zero of=/tmp/zeros bs=1M count=8 2>/dev/null
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0xaffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
snapshot=$(dd if=/dev/vdb bs=64k skip=16 count=1 2>/dev/null | head -n 1)
ok "$snapshot: the counter did not start again" test "$(counter)" -ge "$before"
ok "$snapshot: the counter continues" counter_advances
ok "$snapshot: 16 MB of random data have the same checksum" check_blob
ok "$snapshot: 8 MB of zeros are still zeros" sh -c "head -c 8388608 /dev/zero | cmp - /tmp/zeros"
# The last one.
[ "$snapshot" = kdump ] || power_off

[B]
ok "B makes a file system for the snapshots" mke2fs /dev/vda
mount /dev/vda /mnt
ok "cp writes one" cp /proc/vmcore /mnt/cp
ok "makedumpfile -d 16 writes one" makedumpfile -E -d 16 /proc/vmcore /mnt/makedumpfile-16
ok "makedumpfile -d 17 writes one" makedumpfile -E -d 17 /proc/vmcore /mnt/makedumpfile-17
ok "kdump writes one, by the headers in memory" kdump --exclude=free,zero \
	--elfcorehdr="$(cmdline_value elfcorehdr)" /mnt/kdump
note "MiB: $(cd /mnt && du -m cp makedumpfile-16 makedumpfile-17 kdump | tr '\t\n' ' ;')"
umount /mnt
power_off

[common]
# open_snapshot NAME: A reads behind the beginning of the other disk which one it was restored from.
open_snapshot() {
	mount -o ro /dev/vda /mnt
	echo "$1" | dd of=/dev/vdb bs=64k seek=16 conv=sync 2>/dev/null
	sync
}

# restore NAME: by krestore, which does not come back.
restore() {
	open_snapshot "$1"
	krestore "/mnt/$1" >"$output" 2>&1
	say "not ok - krestore restores what $1 wrote"
	show_output
}

[C1]
restore cp

[C2]
restore makedumpfile-16

# By kexec_load, not by krestore.
[C3]
open_snapshot makedumpfile-17
ok "C loads the snapshot without free pages and zeros" kexec -l --args-none /mnt/makedumpfile-17
umount /mnt
kexec -e

[C4]
restore kdump
