# C1 only assembles and looks; C2 mounts what A has mounted, as a kernel without the hook would.
title: file systems on LVM and on encryption over RAID: left alone A is resumed, written to its snapshot is refused and given up
memory: 512
disk: 300M 48M 48M 48M
root: 128M
boots: A C1 A C2 A
timeout: 300
programs: kexec kdump krestore khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vde rw init=/init khdev=/dev/vda
tools-A: storage
tools-C: storage
checks: 32

[common]
mkdir -p /etc/lvm /run/lock/lvm /run/lvm /run/mdadm
cat >/etc/lvm/lvm.conf <<X
devices { use_devicesfile=0 scan=["/dev"] obtain_device_list_from_udev=0 external_device_info_source="none" }
activation { udev_sync=0 udev_rules=0 monitoring=0 }
backup { backup=0 archive=0 }
global { use_lvmpolld=0 use_lvmlockd=0 event_activation=0 }
X
unlock() {
	dmsetup create --noudevsync secret --table "0 $(blockdev --getsz /dev/md0) crypt aes-xts-plain64 $(printf '0123456789abcdef%.0s' 1 2 3 4 5 6 7 8) 0 /dev/md0 0" &&
		dmsetup mknodes
}
# What the guard says of the snapshot's file systems.
guard_says() {
	krestore --check /dev/vda >/tmp/guard 2>&1
	grep file-systems /tmp/guard
}
hibernates() {
	ok "$1" khibernate hibernate
	note "$(tail -n 1 "$output")"
}
whole() {
	(cd "$1" && sha256sum -c sums >/dev/null)
}

[A]
if [ -e /root/second ]; then
	is "there is no snapshot to be resumed" "$(khibernate status | grep -c 'state.*committed')" 0
	ok "A, booted anew, activates LVM" lvm vgchange -ay vg
	ok "the file system can be mounted" mount -t ext4 /dev/mapper/vg-data /mnt
	ok "the work of the boot between is there" whole /mnt/work
	umount /mnt
	mount -o remount,ro /
else
	ok "pvcreate" lvm pvcreate -y /dev/vdb
	ok "vgcreate" lvm vgcreate vg /dev/vdb
	ok "lvcreate" lvm lvcreate -y -Wn -Zn -L 32M -n data vg
	ok "RAID" mdadm --create /dev/md0 --run --metadata=1.2 --level=1 --raid-devices=2 --assume-clean /dev/vdc /dev/vdd
	ok "encryption on it" unlock
	mkdir /mnt/lvm /mnt/secret
	for name in vg-data:lvm secret:secret; do
		ok "a file system on ${name%:*}" sh -c "mke2fs /dev/mapper/${name%:*} && mount -t ext4 /dev/mapper/${name%:*} /mnt/${name#*:}"
		mkdir "/mnt/${name#*:}/old"
		head -c 1000000 /dev/urandom >"/mnt/${name#*:}/old/file"
		(cd "/mnt/${name#*:}/old" && sha256sum file >sums)
	done
	ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
	is "all of it can be watched" "$(khibernate status | grep unwatchable)" ""
	# One small write that is not synced yet: khibernate's sync marks the array as dirty.
	echo more >/mnt/secret/more
	hibernates "A is resumed after a boot that assembled all of it"
	ok "the file system on LVM is whole" whole /mnt/lvm/old
	ok "so is the encrypted one" whole /mnt/secret/old
	is "and what was written last" "$(cat /mnt/secret/more)" more
	touch /root/second
	sync
	khibernate hibernate
	say "not ok - A is back: $(khibernate status)"
fi

[C1]
note "before: $(mdadm -E /dev/vdc | grep -E 'Events|State :' | tr -s ' ' | tr '\n' ' ')"
is "nothing is wrong with the disks" "$(guard_says)" ""
ok "C1 assembles the array, as udev does" sh -c "mdadm -I /dev/vdc; mdadm -I /dev/vdd; sleep 1; test -b /dev/md0"
ok "and activates LVM" lvm vgchange -ay vg
sleep 2
note "after: $(mdadm -E /dev/vdc | grep -E 'Events|State :' | tr -s ' ' | tr '\n' ' ')"
is "that changes nothing that A has" "$(guard_says)" ""
lvm vgchange -an vg
mdadm --stop /dev/md0
power_off

[C2]
mkdir /mnt/lvm /mnt/secret
ok "C2, without the hook, activates LVM" lvm vgchange -ay vg
is "what it has not mounted is as it was" "$(guard_says)" ""
ok "it mounts the file system" mount -t ext4 /dev/mapper/vg-data /mnt/lvm
mkdir /mnt/lvm/work
head -c 1000000 /dev/urandom >/mnt/lvm/work/file
(cd /mnt/lvm/work && sha256sum file >sums)
rm -rf /mnt/lvm/old
ok "and unmounts it" umount /mnt/lvm
ok "the guard sees it" sh -c 'krestore --check /dev/vda 2>&1 | grep "file-systems.*written to since.*on /dev/mapper/vg-data;"'
ok "status says so" sh -c 'khibernate status --device=/dev/vda | grep "^state.*stale"'
lvm vgchange -an vg
ok "the array is assembled" sh -c "mdadm -I /dev/vdc; mdadm -I /dev/vdd; sleep 1; test -b /dev/md0"
ok "and unlocked" unlock
ok "mounted" mount -t ext4 /dev/mapper/secret /mnt/secret
umount /mnt/secret
ok "the guard sees that, too" sh -c 'krestore --check /dev/vda 2>&1 | grep "file-systems.*written to since.*on /dev/mapper/secret"'
dmsetup remove secret
mdadm --stop /dev/md0
# C2 runs from its initramfs; a mount over / makes it the booted system that expire looks for.
mount -t tmpfs root /
ok "as each boot does: the snapshot is given up" sh -c 'khibernate expire --device=/dev/vda | grep "not resumed by this boot"'
power_off
