# The test kernels of the other stories have no FAT; this kernel has it as a module. Without systemd, which would take a
# minute to start.
title: a Debian hibernates to a file on its mounted FAT, and its ordinary boot resumes; fsck finds nothing, a file that was moved is refused
arches: x86_64
kernel: debian-jump
memory: 512
disk: 260M
root: 700M
root-files: system
system-with: system-files
initramfs-A: system
append-A: root=LABEL=root rw init=/bin/sh -- /story/run
boots: A A
timeout: 300
programs: kexec
checks: 16

[system]
shared=/usr/local/share/kexec-jump/initramfs
cp $shared/initramfs-tools/hook /etc/initramfs-tools/hooks/khibernate
cp $shared/initramfs-tools/local-premount /etc/initramfs-tools/scripts/local-premount/khibernate
mkdir -p /mnt
ok "khibernate-mkinitramfs, with the modules of the kernel" khibernate-mkinitramfs --kernel="$version" \
	/boot/khibernate.img
# The second cluster of a FAT16 of this size is there, behind two tables of 144 sectors: Linux leaves the first one empty.
printf '%s\n' device=UUID=4B4A-0001@180224 file=/mnt/image "kernel=/boot/vmlinuz-$version" initrd=/boot/khibernate.img \
	>/etc/khibernate.conf
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
ok "update-initramfs" update-initramfs -c -k "$version"

[A]
mount -t tmpfs tmpfs /tmp
chmod 755 / /mnt
is "the disk for the file" "$(cat /sys/block/vda/size)" 532480
mkfs.vfat --mbr=no -i 4b4a0001 -n KJ /dev/vda >/dev/null
# What libblkid knows of the disk is older.
rm -rf /run/blkid
ok "FAT is mounted, for root only" mount -t vfat -o umask=0077 /dev/vda /mnt
dd if=/dev/zero of=/mnt/image bs=1M count=210 2>/dev/null
head -c 3000000 /dev/urandom >/mnt/data
refused "space=on-demand is not for FAT" "where each hibernation would write all of it before" \
	sh -c "khibernate setup --device=/mnt/image --space=on-demand --config=/tmp/other.conf >/dev/null"
ok "setup" khibernate setup --device=/mnt/image --config=/tmp/khibernate.conf --initrd=/boot/khibernate.img \
	--kernel="/boot/vmlinuz-$(uname -r)" --encrypt=no
note "$(tail -n 20 "$output" | tr '\n' ';')"
is "it finds the place that the initramfs has" "$(grep ^device= /tmp/khibernate.conf)" "$(grep ^device= /etc/khibernate.conf)"
(cd /mnt && sha256sum data >/tmp/sums)
start_counter
fill_blob 40
before=$(counter)
ok "khibernate exits 0 when it has been resumed" khibernate hibernate
note "$(tail -n 2 "$output" | tr '\n' ';')"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
ok "the snapshot is used" sh -c "khibernate status | grep '^state *used'"
echo 3 >/proc/sys/vm/drop_caches
ok "files are as they were" sh -c 'cd /mnt && sha256sum -c /tmp/sums'
mv /mnt/image /mnt/old
dd if=/dev/zero of=/mnt/image bs=1M count=20 2>/dev/null
refused "a file that was moved is refused" "image was moved on its disk since setup" khibernate hibernate
ok "it is not FAT's own that is written to" sh -c 'echo x >/mnt/written && sync'
umount /mnt
ok "fsck finds nothing" fsck.vfat -n /dev/vda
mount -o remount,ro /
