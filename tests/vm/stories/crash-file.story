# i386 has no kexec_file_load.
title: a crash kernel, loaded by kexec_file_load, starts when A panics, and vmcore-dmesg prints the panic
arches: x86_64
memory: 768
append-A: crashkernel=160M
tools-B: yes
programs: kexec vmcore-dmesg
timeout: 240
checks: 7

[A]
ok "it is loaded" kexec -p -s /boot/bzImage --initrd=/boot/rootfs.gz --reuse-cmdline --append="kj.role=B nr_cpus=1"
kexec -S
is "kexec -S says so" $? 1
ok "it is unloaded" kexec -u -p
ok "it is loaded the way that is found" kexec --load-panic /boot/bzImage --initrd=/boot/rootfs.gz --reuse-cmdline \
	--append="kj.role=B nr_cpus=1"
echo c >/proc/sysrq-trigger

[B]
ok "the crash kernel has the old command line without crashkernel=" \
	sh -c 'grep -q console=ttyS0 /proc/cmdline && ! grep -q crashkernel= /proc/cmdline'
ok "vmcore-dmesg prints the panic" \
	sh -c 'vmcore-dmesg | grep -qF "Kernel panic - not syncing: sysrq triggered crash"'
ok "makedumpfile accepts the memory" makedumpfile -c -d 31 /proc/vmcore /tmp/dump
say "end B"
poweroff -f
