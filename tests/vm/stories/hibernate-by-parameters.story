title: no command is typed in B or C: go_to_hibernate saves A and switches off, go_to_resume puts it back
memory: 512
cpus: 2
cpu: Opteron_G3
disk: 600M
boots: A C
timeout: 200
programs: kexec kdump
initramfs-B: project
initramfs-C: project
append-C: go_to_resume khdev=/dev/vda
checks: 7

[A]
# This processor has MWAIT: what offline CPUs use must not be in the window.
keep_out 0x1000000 0x8ffffff
start_counter
fill_blob 100
ok "the disk is made a snapshot" kdump --init /dev/vda
words="go_to_hibernate khdev=$(cat /sys/block/vda/dev)"
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend $words"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "100 MB of random data have the same checksum" check_blob
ok "a stray kexec -e, with the peer gone, comes back at once" kexec -e
