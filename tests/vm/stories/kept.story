# A's files are in memory only. The second disk is raw: whether A has resumed once, and a random number of that time.
title: keep=yes: two boots resume the same snapshot, and it is still there
memory: 256
disk: 300M 16M
boots: A C C
programs: kexec kdump krestore khibernate
initramfs-B: project
initramfs-C: project
append-C: khdev=/dev/vda
checks: 10

[A]
start_counter
fill_blob 20
echo "device=/dev/vda" >/etc/khibernate.conf
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --prepare=no --keep=yes
mount -t tmpfs tmpfs /mnt
before=$(counter)
# The check is made once more each time A has resumed, so it counts twice.
ok "A is resumed" khibernate hibernate
random=$(head -c 32 /dev/urandom | sha256sum | head -c 64)
cp "$output" /run/resumed
ok "the snapshot is kept" grep '^the snapshot on /dev/vda is kept' /run/resumed
khibernate expire
khibernate status >/run/status
ok "it is committed, whatever disk appears" grep '^state *committed' /run/status
if [ "$(head -c 1 /dev/vdb)" != 1 ]; then
	printf '1%s' "$random" >/dev/vdb
	power_off
fi
ok "random numbers are not those of the first time" test "$(head -c 65 /dev/vdb)" != "1$random"
ok "the counter continues" counter_advances
ok "20 MB of random data have the same checksum" check_blob

[C]
ok "A is resumed" false
