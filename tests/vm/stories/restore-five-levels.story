# QEMU's largest processor has five levels of page tables and pages of 1 GiB; the placing program's tables have both.
title: a snapshot is put in place on a machine with UEFI and five levels of page tables
arches: x86_64
cpu: max
firmware: uefi
memory: 512
disk: 300M
boots: A C
timeout: 200
programs: kexec kdump krestore
checks: 8

[A]
ok "the processor has five levels" grep -qw la57 /proc/cpuinfo
ok "A was booted by UEFI" test -d /sys/firmware/efi/runtime-map/0
start_counter
fill_blob 60
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter continues" counter_advances
ok "60 MB of random data have the same checksum" check_blob

[B]
ok "B saves A" kdump --format=khimage --exclude=free /dev/vda
power_off

[C]
ok "C uses five levels, too" grep -qw la57 /proc/cpuinfo
krestore --method=place /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
