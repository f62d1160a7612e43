# A vmlinux cannot be moved: it runs at 16 MiB, so the window begins there.
title: B is a vmlinux, an ELF file, plain or compressed; it jumps back, or is started for good
memory: 640
files-A: vmlinux:/boot/vmlinux
timeout: 240
checks: 12

[A]
start_counter
fill_blob 20
ok "A loads a vmlinux, which is known for a Linux kernel by its notes" \
	kexec --load-preserve-context vmlinux --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A" kexec -e
gzip vmlinux
ok "A loads it compressed, and says what it is" \
	kexec --load-preserve-context --args-linux vmlinux.gz --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A again" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob
ok "A loads it for good" kexec -l vmlinux.gz --initrd=rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 kj.role=B kj.for-good"
kexec -e

[B]
if grep -qw kj.for-good /proc/cmdline; then
	is "the vmlinux has its command line" "$(sed "s/no_timer_check //" /proc/cmdline)" \
		"console=ttyS0 quiet panic=-1 kj.role=B kj.for-good"
	ok "it has all memory" test "$(ram_kib)" -gt 630000
	ok "nobody waits for it" test -z "$(cmdline_value kexec_jump_back_entry)"
	say "end B"
	poweroff -f
fi
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
