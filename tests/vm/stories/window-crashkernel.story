# Told in the older spellings: --load-jump-back, -j, -b.
title: a reserved crashkernel region is the window, and no memory of A lies in it
memory: 1024
append-A: crashkernel=160M
timeout: 240
checks: 7

[A]
# The bounds of the crashkernel region, in decimal.
region=$(sed -n 's/ *\([0-9a-f]*\)-\([0-9a-f]*\) : Crash kernel$/0x\1 0x\2/p' /proc/iomem)
first=$((${region% *})) last=$((${region#* }))

printed() { sed -n "s/^window: .*--mem-$1=\(0x[0-9a-f]*\).*/\1/p" "$output"; }

start_counter
ok "A has a crashkernel region" test "$last" -gt "$first"
ok "A loads B without a window" kexec --load-jump-back /boot/bzImage --initrd=rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
note "$(cat "$output")"
ok "the window lies in it" test $(($(printed min))) -ge "$first" -a $(($(printed max))) -le "$last"
ok "kexec -j exits 0 in A" kexec -j
ok "and again" kexec -j
ok "the counter continues" counter_advances

[B]
note "B has $(ram_kib) KiB, $(cat /proc/cmdline)"
ok "kexec -b in B loads the way back, jumps, and exits 0 when A has come again" kexec -b
kexec -b
