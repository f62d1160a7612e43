# Steps 4 to 10 of the announcement: cp, power off, an ordinary kernel, kexec -l --args-none --entry.
title: a plain copy of /proc/vmcore is loaded by an ordinary kernel, and A continues
memory: 512
disk: 600M
boots: A C
timeout: 300
checks: 12

[A]
# Free pages are told from others by A's kernel image, so B has to see it.
keep_out 0x1000000 0x8ffffff
start_counter
fill_blob 20
ok "A makes a file system for the snapshot" mke2fs /dev/vda
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "20 MB of random data have the same checksum" check_blob

[B]
ok "B mounts it" mount /dev/vda /mnt
ok "B copies /proc/vmcore" cp /proc/vmcore /mnt/dump.elf
ok "B saves the entry" sh -c "echo $(cmdline_value kexec_jump_back_entry) >/mnt/kexec_jump_back_entry"
umount /mnt
power_off

[C]
note "C has $(ram_kib) KiB"
ok "C mounts it" mount -o ro /dev/vda /mnt
cd /mnt
refused "a snapshot that is cut off is refused" "PT_LOAD|cut|outside" \
	sh -c 'head -c 100000 dump.elf >/tmp/cut.elf; kexec -l --args-none /tmp/cut.elf'
ok "C loads the snapshot" kexec -l --args-none --entry=$(cat kexec_jump_back_entry) dump.elf
cd /
umount /mnt
kexec -e
