title: a snapshot is put in place by an ordinary kernel, anywhere in memory, in one boot, and A continues
memory: 512
cpus: 2
disk: 700M
boots: A C
timeout: 300
programs: kexec kdump krestore
checks: 8

[A]
start_counter
fill_blob 200
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "200 MB of random data have the same checksum" check_blob
is "A has both CPUs" "$(grep -c ^processor /proc/cpuinfo)" 2
ok "a stray kexec -e, with the peer gone, comes back at once" kexec -e

[B]
ok "B saves A" kdump --format=khimage --exclude=free /dev/vda
note "$(tail -n 1 "$output")"
power_off

[C]
note "C has $(ram_kib) KiB"
krestore /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
