# Debian's stock kernel has the file systems, as modules, which the test kernels lack; it has no kexec jump, so nothing is
# saved. The root's init is a script, as systemd would take a minute.
title: the blocks of a file on f2fs, FAT and btrfs (one disk, RAID1) are where its content is found; one that moves, or may, is refused
memory: 512
disk: 260M 260M
root: 900M
root-files: system
system-with: system-files
initramfs-A: system
append-A: root=LABEL=root rw init=/story/init
timeout: 200
programs: khibernate
files-A: tests/tools/bin/placed:/boot/placed
checks: 19

[system]
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
printf '%s\n' f2fs btrfs vfat nls_cp437 nls_ascii nls_iso8859_1 >>/etc/initramfs-tools/modules
ok "update-initramfs" update-initramfs -u
printf '%s\n' '#!/bin/sh' 'exec sh /story/run' >/story/init
chmod 755 /story/init
mkdir -p /mnt

[A]
chmod 755 placed
placed=/boot/placed
mount -t tmpfs tmpfs /tmp
output=/tmp/output
is "the stock kernel" "$(uname -r | grep -cE 'amd64|686')" 1
set -- $(cd /sys/block && echo [sv]d?)
disks=
for disk; do
	[ "$(cat "/sys/block/$disk/size")" != 532480 ] || disks="$disks /dev/$disk"
done
set -- $disks
first=$1 second=$2
is "two disks for file systems" $# 2
mounted() {
	mount -t "$1" "$2" /mnt
}
quietly() {
	"$@" >/dev/null 2>&1
}
mirrors() {
	wc -l <"$output" | tr -d ' '
}
# The room is in many pieces then.
fragment() {
	number=0
	while head -c 3000000 /dev/zero >/mnt/piece$number 2>/dev/null; do number=$((number + 1)); done
	rm /mnt/piece*[13579]
	sync
}

ok "f2fs" sh -c "mkfs.f2fs -q -f $first >/dev/null && mount -t f2fs $first /mnt"
ok "f2fs: a file that is made is pinned, and its blocks are found" $placed /mnt/image 60000000
note "$(cat "$output")"
$placed --where /mnt/image >/tmp/before
fragment
: >/sys/fs/f2fs/"${first#/dev/}"/gc_urgent 2>/dev/null
echo 1 >/sys/fs/f2fs/"${first#/dev/}"/gc_urgent
sleep 3
is "cleaning up does not move it" "$($placed --where /mnt/image)" "$(cat /tmp/before)"
echo 0 >/sys/fs/f2fs/"${first#/dev/}"/gc_urgent
rm -f /mnt/piece*
fallocate -l 8000000 /mnt/other
refused "one without blocks yet is refused, pinned too late" "has blocks without a place yet" $placed --where /mnt/other
umount /mnt

ok "FAT" sh -c "mkfs.vfat -n KJ $first >/dev/null && mount -t vfat $first /mnt"
ok "FAT: a file in one piece" $placed /mnt/image 30000000
rm /mnt/image
fragment
ok "and one in many" $placed /mnt/image 60000001
note "$(cut -c 1-100 "$output")"
is "of several pieces" "$(grep -c "+.*+" "$output")" 1
truncate -s 70M /mnt/image
ok "the kernel leaves no holes" $placed --where /mnt/image
umount /mnt

ok "btrfs on one disk" sh -c "mkfs.btrfs -q -f -M $first && mount -t btrfs $first /mnt"
ok "btrfs: a file without copy-on-write" $placed /mnt/image 30000000
head -c 3000000 /dev/zero >/mnt/copied
refused "one with it is refused" "a write to it takes new blocks" $placed --where /mnt/copied
quietly btrfs subvolume snapshot /mnt /mnt/snapshot
refused "one that a snapshot has, too, is refused" "has blocks that are those of another file or snapshot" \
	$placed --where /mnt/image
umount /mnt

ok "btrfs on two disks" sh -c "mkfs.btrfs -q -f -M -d raid1 -m raid1 $first $second && mount -t btrfs $first /mnt"
ok "RAID1: both have the file" sh -c "$placed /mnt/image 30000000 >/tmp/before && [ \$(wc -l </tmp/before) = 2 ]"
quietly btrfs balance start --full-balance /mnt
ok "one that was moved is found elsewhere" sh -c "$placed --where /mnt/image >/tmp/after && ! cmp -s /tmp/before /tmp/after"
umount /mnt
