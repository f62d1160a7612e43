# QEMU's largest processor has five levels of page tables, and the test kernel
# uses them: the way into B and back must have as many.
title: a machine with five-level page tables jumps and comes back
arches: x86_64
cpu: max
memory: 768
checks: 8

[A]
start_counter
fill_blob 20
ok "the processor has five levels" grep -qw la57 /proc/cpuinfo
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when B has jumped back" kexec -e
ok "A is back a second time" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob

[B]
ok "B uses five levels, too" grep -qw la57 /proc/cpuinfo
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
kexec -e
