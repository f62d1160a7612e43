# For tests/bench/hibernation: 2 GiB of which nearly all is free, so that finding the free pages is most
# of the work. The clock counts instructions: a busy host changes nothing.
title: free pages are found by kdump and by makedumpfile
arches: x86_64
memory: 2048
clock: instructions
timeout: 300
programs: kexec kdump
tools-B: yes
append-A: nokaslr
checks: 2

[A]
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x10000000 --mem-max=0x15ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "B comes back" kexec -e

[B]
# took COMMAND...: milliseconds. The shortest of three.
took() {
	local turn=0 shortest=1000000 start now
	while [ "$turn" -lt 3 ]; do
		turn=$((turn + 1))
		start=$(cut -d' ' -f1 /proc/uptime | tr -d .)
		"$@" >/dev/null 2>/tmp/said || note "refused: $(tail -n 1 /tmp/said)"
		now=$(cut -d' ' -f1 /proc/uptime | tr -d .)
		[ $((now - start)) -ge "$shortest" ] || shortest=$((now - start))
	done
	echo $((shortest * 10))
}
note "mark filter $(took kdump --exclude=free -) $(took makedumpfile -E -F -d 16 /proc/vmcore)"
kexec -b
