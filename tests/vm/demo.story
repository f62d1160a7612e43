# What tests/demo shows. Kept short: the tests are in stories/.
title: kernel A boots kernel B, B jumps back, A goes on
arches: x86_64
memory: 1024
timeout: 180
checks: 7

[A]
note "This is kernel A, Linux $(uname -r), in a virtual machine with $(($(ram_kib) / 1024)) MiB."
note "A process of A counts, and 100 MB of random data lie in A's memory."
start_counter
fill_blob 100
sleep 2
before=$(counter)
note "A's counter: $before"
note "A loads kernel B into 128 MiB of its memory; A's own contents there will be kept:"
note '  kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff --initrd=rootfs.gz ...'
ok "B is loaded" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
note "A jumps to B: kexec -e"
ok "kexec -e in A is back, with exit status 0" kexec -e
note "This is kernel A again."
sleep 1
note "A's counter: before the jump $before, now $(counter)"
ok "A's counter goes on" counter_advances
ok "A's 100 MB of random data have the same checksum" check_blob

[B]
note "    Hello from kernel B. A sleeps in memory that B does not touch."
note "    B's command line: $(cat /proc/cmdline)"
note "    B has been up for $(cut -d' ' -f1 /proc/uptime) s and owns $(($(ram_kib) / 1024)) MiB."
note "    A's memory, for B to read or save: /proc/vmcore, $(($(stat -c %s /proc/vmcore) >> 20)) MiB."
ok "B runs in its window" test "$(ram_kib)" -le $((129 * 1024))
ok "B sees A's memory" test -s /proc/vmcore
ok "B loads the way back" kexec --load-jump-back-helper
note "    B jumps back: kexec -e"
kexec -e
