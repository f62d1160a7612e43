title: a snapshot saved by cat is restored by a C in the window, and A, most of its memory in use, continues
memory: 1024
cpus: 2
disk: 1200M
boots: A C
timeout: 400
programs: kexec krestore
append-C: nokaslr memmap=exactmap memmap=636K@4K memmap=128M@16M memmap=880M$144M
checks: 10

[A]
start_counter
fill_blob 700
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "700 MB of random data have the same checksum" check_blob
is "A has both CPUs" "$(grep -c ^processor /proc/cpuinfo)" 2
ok "a stray kexec -e, with the peer gone, comes back at once" kexec -e
ok "the counter still continues" counter_advances

[B]
ok "B copies A's memory to the disk" dd if=/proc/vmcore of=/dev/vda bs=1M
note "$(tail -n 1 "$output")"
power_off

[C]
note "C has $(ram_kib) KiB"
ok "krestore finds nothing wrong" krestore --check --method=window /dev/vda
note "$(cat "$output")"
within_16_mib krestore --method=window /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
