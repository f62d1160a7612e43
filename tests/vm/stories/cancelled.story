# Escape on the serial console: while B saves, and, after a question, while the ordinary boot restores.
title: Escape while A is being saved brings A back; while it is being restored, it gives A up after a question
memory: 384
disk: 500M
root: 64M
boots: A C
programs: kexec kdump krestore khibernate
initramfs-A: project
initramfs-B: project
initramfs-C: project
append-A: root=LABEL=root rw init=/init
append-C: khdev=/dev/vda root=LABEL=root rw init=/init
press-A: khibernate: saving to /dev/vda | \033
press-C: khibernate: snapshot 2 of | \033y
checks: 7

[A]
start_counter
fill_blob 120
echo "device=/dev/vda" >/etc/khibernate.conf
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --prepare=no
refused "A continues" 'not hibernated: .*cancelled: Escape was pressed' khibernate hibernate
khibernate status >/run/status
ok "there is no snapshot" sh -c '! grep committed /run/status'
note "$(cat /run/status)"
ok "the counter continues" counter_advances
ok "120 MB of random data have the same checksum" check_blob
khibernate hibernate
ok "A is not resumed" false

[C]
ok "the boot continues" true
khibernate status --device=/dev/vda >/run/status
ok "the snapshot is given up" grep '^state *empty' /run/status
