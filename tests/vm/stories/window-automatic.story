title: a window nobody gave misses A's kernel; one that holds it still jumps, with a warning
memory: 1024
timeout: 240
checks: 12

[A]
load_B() {
	kexec --load-preserve-context /boot/bzImage --initrd=rootfs.gz \
		--append="console=ttyS0 quiet panic=-1 no_console_suspend" "$@"
}

# first_of NAME, last_of NAME: the addresses of a line of /proc/iomem.
first_of() { sed -n "s/ *\([0-9a-f]*\)-.* : $1$/0x\1/p" /proc/iomem | head -n 1; }
last_of() { sed -n "s/ *[0-9a-f]*-\([0-9a-f]*\) : $1$/0x\1/p" /proc/iomem | tail -n 1; }

printed() { sed -n "s/^window: .*--mem-$1=\(0x[0-9a-f]*\).*/\1/p" "$output"; }

start_counter
fill_blob 50
kernel_first=$(first_of "Kernel code")
kernel_last=$(last_of "Kernel bss")
note "A's kernel is at $kernel_first-$kernel_last"

ok "A loads B without a window" load_B
note "$(cat "$output")"
min=$(printed min) max=$(printed max)
ok "the window is printed and misses A's kernel" \
	test $((max)) -lt $((kernel_first)) -o $((min)) -gt $((kernel_last))
ok "the window is comfortable" test $((max - min)) -ge $((64 * 1024 * 1024))
ok "kexec -e exits 0 in A" kexec -e
ok "B is unloaded" kexec -u

min=$((kernel_first & ~0x1fffff))
min=$((min < 0x1000000 ? 0x1000000 : min))
ok "A loads B into a window that holds A's kernel" load_B --mem-min=$min --mem-max=$((min + 0x7ffffff))
cp "$output" /tmp/warning
ok "it warns of that, in one line" sh -c "grep 'warning: .*part of the running kernel' /tmp/warning && [ $(wc -l </tmp/warning) = 1 ]"
ok "kexec -e exits 0 in A again" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob

[B]
note "B has $(ram_kib) KiB, $(cat /proc/cmdline)"
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
