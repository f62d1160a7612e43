title: twenty round trips with four CPUs that wait in MWAIT when they are off, only "kexec -e" on each side after the first
memory: 512
cpus: 4
# Offline CPUs of processors with MWAIT wait on memory, which the swap writes to.
cpu: core2duo
cpu.i386: n270
timeout: 240
checks: 46

[A]
start_counter
fill_blob 20
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
round=1
while [ "$round" -le 20 ]; do
	ok "A is back for the ${round}. time" kexec -e
	round=$((round + 1))
done
ok "A has all CPUs" test "$(grep -c ^processor /proc/cpuinfo)" = 4
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob

[B]
ok "B has all CPUs" test "$(grep -c ^processor /proc/cpuinfo)" = 4
ok "B loads the way back" kexec --load-jump-back-helper
# The variable is in B's memory: B counts right only if it, too, continues where it was.
round=1
while :; do
	say "ok - B is entered for the ${round}. time"
	kexec -e || break
	round=$((round + 1))
done
