title: A boots B, B jumps back, A continues with everything it had
memory: 1024
timeout: 180
checks: 10

[A]
start_counter
fill_blob 100
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend -- x"
is "a kexec image is loaded" "$(loaded)" 1
before=$(counter)
ok "kexec -e exits 0 in A when B has jumped back" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "100 MB of random data have the same checksum" check_blob

[B]
note "B's command line: $(cat /proc/cmdline)"
ok "B runs in its window, not in A's memory" test "$(ram_kib)" -le $((129 * 1024))
ok "B has A's memory in /proc/vmcore" test -s /proc/vmcore
note "/proc/vmcore: $(ls -l /proc/vmcore)"
ok "the headers and notes can be read" dd if=/proc/vmcore of=/dev/null bs=4096 count=16
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
