# Debian's firmware for QEMU is 64-bit.
title: A booted by UEFI jumps to B and comes back
arches: x86_64
firmware: uefi
memory: 1024
timeout: 180
checks: 10

[A]
ok "A was booted by UEFI" test -d /sys/firmware/efi/runtime-map/0
start_counter
fill_blob 50
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when B has jumped back" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob

[B]
ok "B runs in its window, not in A's memory" test "$(ram_kib)" -le $((129 * 1024))
ok "B sees the ACPI tables" test -s /sys/firmware/acpi/tables/APIC
ok "B has A's memory in /proc/vmcore" test -s /proc/vmcore
ok "B sees UEFI's runtime services" test -d /sys/firmware/efi/runtime-map/0
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
