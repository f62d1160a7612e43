title: khibernate in a file on A's mounted ext4 root, in several pieces; a file that was moved is refused; e2fsck finds nothing
memory: 512
disk: 16M
root: 900M
boots: A C
timeout: 200
programs: kexec kdump khibernate
files-A: tests/vm/programs/bin/mutable:/sbin/mutable
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init
checks: 18

[A]
file=/root/image
# Files of 30 MB, every second of which is removed again: what is left are holes.
fragment() {
	mkdir /root/pieces
	number=0
	while dd if=/dev/zero of=/root/pieces/$number bs=1M count=30 2>/dev/null; do number=$((number + 1)); done
	sync
	while [ "$number" -ge 0 ]; do
		rm /root/pieces/$number
		number=$((number - 2))
	done
	sync
}
set_up() {
	khibernate setup --device="$1" --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
}
quietly() {
	"$@" >/dev/null
}
is "A's root is ext4, mounted" "$(awk '$2 == "/" { print $1, $3 }' /proc/mounts | tail -n 1)" "/dev/vdb ext4"
refused "memory is no place for it" "tmp/image is on tmpfs, which is memory" \
	quietly set_up /tmp/image
fragment
dd if=/dev/urandom of=/root/data bs=1M count=20 2>/dev/null
# Made by a user of the host.
chown 0:0 / /root
chmod 755 / /root
mkdir -p /var/lib
refused "without --device, a file for all of memory does not fit" \
	"/var/lib/khibernate/image would take .*, and its file system has room for" \
	quietly khibernate setup --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
ok "one is made by hand" fallocate -l 200M $file
ok "it is set up" set_up $file
cp "$output" /tmp/setup
is "only root can use it" "$(stat -c %a $file)" 600
ok "it lies in several pieces" grep -E "in ([2-9]|[1-9][0-9]+) pieces" /tmp/setup
note "$(grep pieces /tmp/setup)"
is "the file is noted" "$(grep ^file= /etc/khibernate.conf)" "file=$file"
grep ^device= /etc/khibernate.conf >/dev/vda
(cd /root && sha256sum data >sums)
note "$(grep ^device= /etc/khibernate.conf)"
start_counter
fill_blob 60
before=$(counter)
ok "khibernate exits 0 when it has been resumed" khibernate hibernate --power=reboot
note "$(tail -n 1 "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "60 MB of random data have the same checksum" check_blob
echo 3 >/proc/sys/vm/drop_caches
ok "files are as they were" sh -c 'cd /root && sha256sum -c sums'
khibernate status >/tmp/status
ok "the snapshot is used" grep used /tmp/status
ok "it is not removed by mistake" sh -c "! rm -f $file"
mutable $file
chmod 644 $file
refused "one that others can read is refused" "other users could read what is saved to it" khibernate hibernate
mv $file /root/old
fallocate -l 100M $file
refused "a file that was moved is refused" "image was moved on its disk since setup" khibernate hibernate
mount -o remount,ro /

[C]
read -r device </dev/vda
khibernate resume --boot --"$device" --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
say "not ok - it is not resumed"

[host]
ok "e2fsck finds nothing" e2fsck -fn "$root"
