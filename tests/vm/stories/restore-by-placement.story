# A trusts what its free pages contain, zeros or poison: what was not saved has to be filled, also where C lay.
title: a snapshot is put in place by an ordinary kernel, anywhere in memory, in one boot, and A continues
memory: 512
cpus: 2
disk: 700M
boots: A C
timeout: 300
programs: kexec kdump krestore
ram: junk
append-A.x86_64: init_on_free=1 page_poison=0
append-A.i386: page_poison=1
files-A: tests/vm/programs/bin/new_memory:/sbin/new_memory
files-C: tests/vm/programs/bin/changed_page:/sbin/changed_page
checks: 16

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
ok "new memory is zero" new_memory $(($(ram_kib) * 2 / 10 / 1024))
ok "the kernel has found nothing wrong" sh -c '! dmesg | grep -iE "bug:|corrupt|bad page|warning:"'
ok "a stray kexec -e, with the peer gone, comes back at once" kexec -e

[B]
ok "B saves A" kdump --format=khimage --exclude=free /dev/vda
note "$(tail -n 1 "$output")"
power_off

[C]
note "C has $(ram_kib) KiB"
refused "memory that changed is found by the placing program, which comes back" \
	'placing program came back.*had changed.*the snapshot is as it was' \
	sh -c 'changed_page content krestore --method=place /dev/vda >/dev/null 2>/tmp/errors; status=$?; tail -n 1 /tmp/errors; exit $status'
is "C has both CPUs" "$(grep -c ^processor /proc/cpuinfo)" 2
refused "a page that moved is found before the snapshot is marked" 'the kernel moved a page.*although it was locked' \
	sh -c 'changed_page address krestore --method=place /dev/vda 2>&1 >/dev/null'
changed_page killed krestore --method=place /dev/vda >/dev/null 2>&1
is "krestore, killed at its last step, leaves what it has loaded" "$(loaded)" 1
ok "that refuses, and comes back" kexec -e
kexec -u
ok "the snapshot waits as before" krestore --check /dev/vda
krestore /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
