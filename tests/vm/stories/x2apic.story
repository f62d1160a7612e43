title: round trips and wakes with two CPUs whose local APICs are in x2APIC mode
arches: x86_64
memory: 512
cpus: 2
x2apic: yes
checks: 13

[common]
x2apic_is_used() {
	dmesg | grep -E 'x2apic (enabled|mode)|x2apic: enabled'
}
[A]
note "$(dmesg | grep -i x2apic)"
ok "A uses x2APIC" x2apic_is_used
ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
for round in 1 2 3; do
	ok "A is back for the $round. time" kexec -e
done
ok "A writes the sleeping B to a file" kexec --save-asleep=/tmp/asleep
kexec -u
for round in 1 2; do
	ok "A loads the file, $round" kexec --load-preserve-context --args-none /tmp/asleep --append="khround=$round"
	ok "B is woken for the $round. time, and A is back" kexec -e
done
ok "A has both CPUs" test "$(grep -c ^processor /proc/cpuinfo)" = 2

[B]
ok "B has both CPUs" test "$(grep -c ^processor /proc/cpuinfo)" = 2
ok "B loads the way back" kexec --load-jump-back-helper
while kexec -e; do :; done
