# The kernel's own hibernation is refused at the same moments.
title: memory is not saved while a program has a secret in it, nor with nohibernate
arches: x86_64
memory: 384
disk: 300M
programs: kexec kdump khibernate
initramfs-B: project
files-A: tests/vm/programs/bin/secret:/sbin/secret
append-A: secretmem.enable=1 nohibernate
checks: 8

[A]
ok "setup" sh -c 'khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz >/tmp/setup'
ok "which warns" grep -q 'WARNING.*will be refused: nohibernate is on' /tmp/setup
secret >/tmp/secret 2>&1 &
sleep 1
is "a program has a secret" "$(cat /tmp/secret)" "a secret is there"
ok "the kernel's own hibernation is refused" sh -c '! echo disk >/sys/power/state 2>/dev/null'
refused "khibernate names the program" 'secret \(process [0-9]*\) has memory that must never be on a disk' khibernate hibernate
refused "by --force, too" 'secret \(process [0-9]*\) has memory that must never be on a disk' khibernate hibernate --force
kill %1
wait
refused "nohibernate is a reason of its own" 'nohibernate is on this kernel.s command line.*--force' khibernate hibernate
is "nothing was written" "$(khibernate status | grep -c 'state *empty')" 1
