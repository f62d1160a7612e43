# After an ordinary kexec the placing program has no kernel to go back to. What it leaves in memory says that A was not
# entered, though the snapshot is marked as used.
title: without kexec jump in C, a refused placement restarts the machine, and the next start restores the snapshot
memory: 256
cpus: 2
disk: 300M
boots: A C
resets: yes
kernel-C.x86_64: x86_64-nojump
programs: kexec kdump krestore kjump_back_param
files-C: tests/vm/programs/bin/changed_page:/sbin/changed_page
checks: 7

[A]
start_counter
fill_blob 40
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob

[B]
ok "B saves A" kdump --format=khimage --exclude=free /dev/vda
power_off

[C]
krestore --method=place --check /dev/vda >/tmp/said 2>&1
if ! grep -q 'the last jump to this snapshot was refused' /tmp/said; then
	changed_page content-no-jump krestore --method=place /dev/vda >"$output" 2>&1
	say "not ok - the machine does not restart"
	show_output
	power_off
fi
ok "the second start finds that the jump was refused" grep -q 'it is not used' /tmp/said
ok "the mark is still there" sh -c 'kjump_back_param /dev/vda | grep -q used'
krestore --method=place /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
