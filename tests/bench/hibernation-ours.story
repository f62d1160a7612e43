# For tests/bench/hibernation, which fills in what stands between @.
title: khibernate with random data in memory
arches: x86_64
memory: @MEMORY@
disk: 1G
root: 96M
boots: A A
timeout: 400
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda
checks: 2

[A]
fill_blob @DATA@
khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz >/dev/null
note "mark hibernate"
khibernate hibernate >/tmp/said 2>&1 || note "refused: $(tail -n 1 /tmp/said)"
note "mark resumed"
ok "the data has the same checksum" check_blob
ok "the snapshot was used" sh -c 'khibernate status | grep used'
