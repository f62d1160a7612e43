# On two disks an array, on it encryption, on that LVM, and there a swap area and a file system. B sets up none of it, nor
# does C1; C2 all, as the initramfs of a distribution may before it looks for a snapshot.
title: khibernate in a swap area, and in a file, on LVM on encryption on RAID1: both disks are written, none of it in clear
memory: 512
disk: 900M 900M 8M
boots: A C1 C2
timeout: 250
programs: kexec kdump khibernate
initramfs-B: project
tools-A: storage
tools-C: storage
checks: 29

[common]
mkdir -p /etc/lvm /run/lock/lvm /run/lvm /run/mdadm
cat >/etc/lvm/lvm.conf <<X
devices { use_devicesfile=0 scan=["/dev"] obtain_device_list_from_udev=0 external_device_info_source="none" }
activation { udev_sync=0 udev_rules=0 monitoring=0 }
backup { backup=0 archive=0 }
global { use_lvmpolld=0 use_lvmlockd=0 event_activation=0 }
X
unlock() {
	dmsetup create --noudevsync secret --table "0 $(blockdev --getsz /dev/md0) crypt aes-xts-plain64 \
		$(printf '0123456789abcdef%.0s' 1 2 3 4 5 6 7 8) 0 /dev/md0 0" && dmsetup mknodes
}
resume() {
	mkdir -p /etc/khibernate
	tar -xf /dev/vdc -C /etc
	khibernate resume --boot --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --key-file=/etc/khibernate/open.key
}
pack() {
	(cd /etc && tar -cf /dev/vdc khibernate.conf khibernate/restoring.key khibernate/open.key) && sync
}

[A]
mkdir -p /mnt/data
header() {
	dd if=/dev/mapper/vg-swap bs=4096 count=1 iflag=direct 2>/dev/null | sha256sum
}
swap_is_on() {
	grep -q "^/dev/.*[1p] " /proc/swaps
}
# The array's own comparison of both disks.
differences() {
	echo check >/sys/block/md0/md/sync_action
	while [ "$(cat /sys/block/md0/md/sync_action)" != idle ]; do usleep 100000; done
	cat /sys/block/md0/md/mismatch_cnt
}
set_up() {
	khibernate setup --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --compress=none "$@"
}
ok "RAID1" mdadm --create /dev/md0 --run --metadata=1.2 --level=1 --raid-devices=2 --assume-clean /dev/vda /dev/vdb
ok "encryption on it" unlock
ok "LVM on that" sh -c 'lvm pvcreate -y /dev/mapper/secret && lvm vgcreate vg /dev/mapper/secret &&
	lvm lvcreate -y -Wn -Zn -L 580M -n swap vg && lvm lvcreate -y -Wn -Zn -L 250M -n data vg'
mkswap /dev/mapper/vg-swap >/dev/null
sync
before=$(header)
ok "swap is on" swapon /dev/mapper/vg-swap
ok "a file system" sh -c 'mke2fs /dev/mapper/vg-data >/dev/null && mount -t ext4 /dev/mapper/vg-data /mnt/data'
head -c 5000000 /dev/urandom >/mnt/data/file
sum=$(sha256sum /mnt/data/file)
mkdir -p -m 700 /etc/khibernate
echo 'correct horse battery' >/etc/khibernate/pass
refused "in clear it would lie below the encryption" "would be in clear there" \
	sh -c "exec 3>&1; khibernate setup --encrypt=no --kernel=/boot/bzImage --initrd=/boot/rootfs.gz 2>&1 >/dev/null"
ok "setup without a device takes the swap area" set_up --passphrase-file=/etc/khibernate/pass
cp "$output" /tmp/said
note "$(grep '^device=' /etc/khibernate.conf)"
is "its blocks on both disks are noted" "$(grep '^device=' /etc/khibernate.conf | sed 's/@[0-9]*/@N/g')" "device=/dev/vda@N,/dev/vdb@N"
is "and the swap area" "$(grep '^file=' /etc/khibernate.conf)" file=/dev/mapper/vg-swap
is "it is to be encrypted" "$(grep '^encrypt=' /etc/khibernate.conf)" encrypt=yes
is "setup has changed nothing in it" "$(header)" "$before"
khibernate unseal --passphrase-file=/etc/khibernate/pass >/etc/khibernate/open.key
pack
start_counter
fill_blob 40
# Not compressed, it would be found on the disk.
yes "a marker that only A has in its memory" | dd bs=1M count=2 iflag=fullblock of=/tmp/marker 2>/dev/null
begun=$(counter)
ok "khibernate exits 0 when it has been resumed" khibernate hibernate
note "$(grep resumed "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$begun"
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
ok "swap is on again" swap_is_on
is "its header is the same" "$(header)" "$before"
is "both disks of the array are the same" "$(differences)" 0
echo 3 >/proc/sys/vm/drop_caches
is "the file system is whole" "$(sha256sum /mnt/data/file)" "$sum"
chown 0:0 /mnt /mnt/data
ok "a file on it" sh -c 'fallocate -l 200M /mnt/data/image'
ok "setup takes the file" set_up --device=/mnt/data/image
pack
ok "khibernate exits 0 when it has been resumed from there" khibernate hibernate
ok "40 MB of random data are still the same" check_blob
is "both disks of the array are still the same" "$(differences)" 0
is "the kernel finds nothing wrong with the file system" "$(umount /mnt/data; dmesg | grep -c 'EXT4-fs error')" 0

[C1]
resume
say "not ok - it is not resumed"

[C2]
mdadm -I /dev/vda
mdadm -I /dev/vdb
ok "C2 assembles the array" sh -c "sleep 1; test -b /dev/md0"
ok "unlocks it" unlock
ok "and activates LVM" lvm vgchange -ay vg
resume
say "not ok - it is not resumed"

[host]
ok "nothing of A's memory is on the disk in clear" sh -c "! grep -qa 'only A' $disk"
