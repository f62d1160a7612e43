# As original-instructions, with more than kexec_load takes: A's memory in use is in small pieces all over the machine.
title: a copy of /proc/vmcore in 10,000 pieces is loaded by an ordinary kernel, and A continues
memory: 512
memory.i386: 400
disk: 600M
boots: A C
resets: yes
timeout: 300
checks: 22

[A]
keep_out 0x1000000 0x5ffffff
start_counter
fill_blob 16
ok "A makes a file system for the snapshot" mke2fs /dev/vda
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x5ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
# Every other file is removed again.
mkdir /tmp/pieces
awk 'BEGIN { for (i = 0; i < 22000; i++) { f = "/tmp/pieces/" i; printf "%8192d", i >f; close(f) } }'
ok "22,000 files are written" test "$(ls /tmp/pieces | wc -l)" = 22000
awk 'BEGIN { for (i = 1; i < 22000; i += 2) print "/tmp/pieces/" i }' | xargs rm -f
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "16 MB of random data have the same checksum" check_blob
is "each piece is as it was" "$(cat /tmp/pieces/* | tr -s ' ' '\n' | awk '{ sum += $1 } END { print NR, sum }')" \
	"11001 120989000"

[B]
ok "B mounts it" mount /dev/vda /mnt
ok "B copies /proc/vmcore" cp /proc/vmcore /mnt/dump.elf
ok "B saves the entry" sh -c "echo $(cmdline_value kexec_jump_back_entry) >/mnt/kexec_jump_back_entry"
umount /mnt
power_off

[C]
available() {
	awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo
}
if [ "$(dd if=/dev/vda bs=1 count=1 2>/dev/null)" = "" ]; then
	mount /dev/vda /mnt
	kexec -l --args-none --entry=$(cat /mnt/kexec_jump_back_entry) /mnt/dump.elf >"$output" 2>&1
	note "$(cat "$output")"
	umount /mnt
	# The first kilobyte is not the file system's. What kexec -e compares is the same.
	printf x | dd of=/dev/vda conv=notrunc 2>/dev/null
	sync
	printf x | dd of=/dev/.kexec-jump/pages bs=4096 seek=10000 conv=notrunc 2>/dev/null
	kexec -e
	say "not ok - a page that has changed starts the machine again"
	power_off
fi
note "C has $(ram_kib) KiB, and has started again"
ok "C mounts it" mount -o ro /dev/vda /mnt
cd /mnt
before=$(available)
ok "C loads the snapshot" kexec -l --args-none --entry=$(cat kexec_jump_back_entry) dump.elf
note "$(cat "$output")"
pieces=$(sed -n 's/.* in \([0-9]*\) pieces.*/\1/p' "$output")
ok "it is in 10,000 pieces or more" test "$pieces" -ge 10000
ok "its memory waits in C's" test "$(available)" -lt $((before - 100))
is "kexec -S tells that something is loaded" "$(kexec -l -S; echo $?)" 1
ok "C unloads it" kexec -u
ok "kexec -S tells that nothing is" kexec -l -S
ok "its memory is C's again" test "$(available)" -gt $((before - 20))
ok "C loads it again" kexec -l --args-none --entry=$(cat kexec_jump_back_entry) dump.elf
cd /
umount /mnt
umount /dev/.kexec-jump
refused "memory that is gone is refused" "gone" kexec -e
mount -o ro /dev/vda /mnt
kexec -l --args-none --entry=$(cat /mnt/kexec_jump_back_entry) /mnt/dump.elf >/dev/null
umount /mnt
cp /dev/.kexec-jump/frames /tmp/frames
printf '\1\0\0\0' | dd of=/dev/.kexec-jump/frames conv=notrunc 2>/dev/null
refused "memory that has moved is refused" "moved" kexec -e
cp /tmp/frames /dev/.kexec-jump/frames
# What moves memory does not move it.
echo 3 >/proc/sys/vm/drop_caches
[ ! -e /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
kexec -e
