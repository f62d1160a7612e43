# In C, before it resumes, the second disk of the array fails every read and write. "devices:" brings QEMU's monitor along.
# C waits half a minute for the disk.
title: a disk of a RAID1 dies between saving and resuming: A is resumed from the other one when the user says so, and its array goes on
arches: x86_64
memory: 384
disk: 500M 500M 8M
boots: A C
devices: virtio-rng
programs: kexec kdump khibernate
initramfs-B: project
tools-A: storage
press-C: press r | w
checks: 11

[A]
mkdir -p /mnt/data /run/mdadm
ok "RAID1" mdadm --create /dev/md0 --run --metadata=1.2 --level=1 --raid-devices=2 --assume-clean /dev/vda /dev/vdb
ok "a file system" sh -c 'mke2fs /dev/md0 >/dev/null && mount -t ext4 /dev/md0 /mnt/data'
chown 0:0 /mnt /mnt/data
fallocate -l 250M /mnt/data/image
head -c 5000000 /dev/urandom >/mnt/data/file
sum=$(sha256sum /mnt/data/file)
ok "setup takes a file on it" khibernate setup --device=/mnt/data/image --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
(cd /etc && tar -cf /dev/vdc khibernate.conf) && sync
start_counter
fill_blob 30
before=$(counter)
ok "A is resumed" khibernate hibernate
note "$(grep resumed "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "30 MB of random data have the same checksum" check_blob
ok "the array's file system is written to" sh -c 'cp /mnt/data/file /mnt/data/copy && sync'
ok "it has lost that disk, and goes on" grep -q '\[U_\]' /proc/mdstat
echo 3 >/proc/sys/vm/drop_caches
is "the file is whole" "$(sha256sum /mnt/data/file)" "$sum"
is "the kernel finds nothing wrong with the file system" "$(umount /mnt/data; dmesg | grep -c 'EXT4-fs error')" 0

[C]
tar -xf /dev/vdc -C /etc
say "monitor drive_del virtio1"
until ! dd if=/dev/vdb of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null; do usleep 50000; done
khibernate resume --boot
say "not ok - it is not resumed"

[host]
ok "C could not read the second disk" grep -qa 'I/O error, dev vdb' "$serial.C"
