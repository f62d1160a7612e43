# C could not spare enough if it left more to its kernel than that needs (kexec/place/page_spare.h).
title: a machine whose memory hardly is enough for A and C restores by placement
memory: 124
memory.i386: 112
disk: 96M
boots: A C
programs: kexec kdump krestore
checks: 6

[A]
start_counter
fill_blob 4
note "A has $(sed -n 2,3p /proc/meminfo | tr '\n' ' ')"
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz --mem-min=0x1000000 --mem-max=0x37fffff \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
note "A has $(sed -n 2,3p /proc/meminfo | tr '\n' ' ')"
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter continues" counter_advances
ok "4 MB of random data have the same checksum" check_blob
ok "the kernel has found nothing wrong" sh -c '! dmesg | grep -iE "bug:|corrupt|bad page|warning:"'

[B]
ok "B saves A" kdump --format=khimage --exclude=free /dev/vda
note "$(tail -n 1 "$output")"
power_off

[C]
# The pool reserves more addresses than this allows.
echo 2 >/proc/sys/vm/overcommit_memory
note "C has $(sed -n 1,3p /proc/meminfo | tr '\n' ' ')"
krestore --method=place /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
