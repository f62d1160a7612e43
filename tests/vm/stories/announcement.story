# B gets no console= here: the serial port is the only console its kernel has.
title: the commands of the original announcement of kexec jump, word for word
arches: i386
kernel-B: i386-1m
memory: 512
timeout: 120
checks: 8

[A]
start_counter
fill_blob 50
ok "A loads B into 1 to 16 MiB" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x100000 --mem-max=0xffffff --initrd=rootfs.gz
ok "kexec -e exits 0 in A when B has jumped back" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob

[B]
note "B's command line: $(cat /proc/cmdline)"
note "$(grep MemTotal /proc/meminfo), $(grep MemAvailable /proc/meminfo)"
ok "B runs in 15 MiB and low memory" test "$(ram_kib)" -le $((16 * 1024))
ok "B has A's memory in /proc/vmcore" test -s /proc/vmcore
entry=$(cmdline_value kexec_jump_back_entry)
ok "B is told where to go back to" test -n "$entry"
ok "B loads the way back" kexec --load-jump-back-helper --entry="$entry"
kexec -e
