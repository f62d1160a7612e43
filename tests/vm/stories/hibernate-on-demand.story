title: with space=on-demand a file has its blocks only while it is needed: no room is refused, and an interrupted change is mended
memory: 256
disk: 16M
root: 600M
boots: A C
timeout: 150
programs: kexec kdump khibernate
files-A: tests/vm/programs/bin/mutable:/sbin/mutable
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init
checks: 21

[A]
file=/root/image
size() {
	stat -c %s $file
}
quietly() {
	"$@" >/dev/null
}
# The root's files were made by a user of the host.
chown 0:0 / /root
chmod 755 / /root
mkdir -p /var/lib
refused "a partition has its blocks always" "space=on-demand is for a file, and /dev/vda is none" \
	quietly khibernate setup --device=/dev/vda --space=on-demand --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
ok "setup" khibernate setup --device=$file --space=on-demand --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
is "the file is small" "$(size)" 2097152
grep ^device= /etc/khibernate.conf >/dev/vda
free=$(df -k / | awk 'END { print $4 }')
fallocate -l $(((free - 100000) * 1024)) /root/full
refused "without room it is refused, with the numbers" "image would take .* has room for .*: free as much, or set space=always" \
	khibernate hibernate
is "the file is as it was" "$(size)" 2097152
rm /root/full
start_counter
fill_blob 40
before=$(counter)
ok "khibernate exits 0 when it has been resumed" khibernate hibernate --power=reboot
note "$(tail -n 1 "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
is "the file is small again" "$(size)" 2097152
ok "and the rest is free" test "$(df -k / | awk 'END { print $4 }')" -gt $((free - 100))
ok "the snapshot is used" sh -c 'khibernate status | grep "^state *used"'
ok "the file is not removed by mistake" sh -c "! rm -f $file"
# As a power cut leaves it while blocks are added, or taken away.
mutable $file
fallocate -l 100M $file
sync
refused "a file with more blocks than its map has holds no snapshot" "holds no snapshot" khibernate cancel
ok "expire makes it small" khibernate expire
is "it is" "$(size)" 2097152
mutable $file
fallocate -l 100M $file
is "nothing is saved without an initramfs" "$(khibernate hibernate --initrd=/boot/none 2>&1 | grep -o 'cannot open initrd.*')" \
	'cannot open initrd "/boot/none": No such file or directory'
is "it is made small all the same" "$(size)" 2097152
mutable $file
mv $file /root/old
dd if=/dev/urandom of=$file bs=1M count=4 2>/dev/null
sum=$(sha256sum $file)
refused "another file of that name is not taken" "image was moved on its disk since setup" khibernate hibernate
khibernate expire
is "it is as it was" "$(sha256sum $file)" "$sum"
mount -o remount,ro /

[C]
read -r device </dev/vda
khibernate resume --boot --"$device" --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
say "not ok - it is not resumed"

[host]
ok "e2fsck finds nothing" e2fsck -fn "$root"
