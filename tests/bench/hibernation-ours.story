# For tests/bench/hibernation, which fills in what stands between @.
title: khibernate with random data in memory
arches: x86_64
memory: @MEMORY@
disk: 1G
root: 240M
boots: A A
timeout: 400
exceptions: no
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda @WORDS@
checks: 2

[A]
fill_blob @DATA@
khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --encrypt=no </dev/null >/dev/null
@PREPARE@
while usleep 50000; do note "mark alive"; done &
alive=$!
note "mark hibernate"
khibernate hibernate --times >/tmp/said 2>&1 || note "refused: $(tail -n 1 /tmp/said)"
note "mark alive"
kill "$alive"
grep '^  ' /tmp/said | while read -r line; do note "step $line"; done
ok "the data has the same checksum" check_blob
ok "the snapshot was used" sh -c 'khibernate status | grep used'
