# Debian as its installer makes it: root and swap are volumes of LVM in LUKS, or two RAID1. C1 is the installer, C2 a
# boot by an initramfs that has been made before khibernate came, C3 looks at the file system. The initramfs that
# resumes has cryptsetup, lvm2 and mdadm by their own packages' hooks, or by dracut's modules.
title: a Debian on LUKS and LVM, or on RAID1, saves to its swap there and is resumed three times, not after a boot without the hook
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 768
disk: 1700M 1700M 900M 900M
root: 700M
root-files: system
system-with: system-storage
initramfs-A: system
initramfs-C: system
append-A: root=LABEL=root ro printk.devkmsg=on
append-C1: root=LABEL=root ro cryptopts= init=/bin/sh -- /story/run
append-C2: root=LABEL=root rw init=/bin/sh -- /story/run
append-C3: root=LABEL=root ro init=/bin/sh -- /story/run
initrd-C1: plain.img
initrd-C2: plain.img
initrd-C3: plain.img
boots: C1 A A A A C2 A C3
timeout: 300

[variants]
lvm-luks-initramfs-tools: checks: 40
lvm-luks-dracut: checks: 40
raid1-initramfs-tools: checks: 36
raid1-dracut: checks: 36

[system]
echo "$variant" >/story/variant
shared=/usr/local/share/kexec-jump/initramfs
mkdir -p /etc/keys
echo "the key of the disk" >/etc/keys/root.key
echo 'KEYFILE_PATTERN=/etc/keys/*.key' >>/etc/cryptsetup-initramfs/conf-hook
echo UMASK=0077 >/etc/initramfs-tools/conf.d/umask
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
case $variant in
lvm-luks*)
	echo 'secret UUID=4b4a0000-0000-4000-8000-000000000002 /etc/keys/root.key luks,initramfs' >/etc/crypttab
	swap=/dev/mapper/vg-swap
	# LUKS' header, LVM's, and the root.
	device=UUID=4b4a0000-0000-4000-8000-000000000002@$(((16 + 1 + 704) * 1024 * 1024))
	;;
raid1*)
	printf 'ARRAY /dev/md%s metadata=1.2 UUID=4b4a0000:00000000:00000000:0000000%s\n' 0 0 1 1 >/etc/mdadm/mdadm.conf
	swap=/dev/md1
	device=/dev/vdc@1048576,/dev/vdd@1048576
	;;
esac
printf '%s\n' "LABEL=root / ext4 defaults 0 1" "$swap none swap sw 0 0" >/etc/fstab
ok "update-initramfs, before khibernate is set up" update-initramfs -c -k "$version"
mv "/boot/initrd.img-$version" /boot/plain.img
ok "khibernate-mkinitramfs, with the modules of the kernel" khibernate-mkinitramfs --kernel="$version" \
	/boot/khibernate.img
printf '%s\n' "device=$device" "file=$swap" "kernel=/boot/vmlinuz-$version" initrd=/boot/khibernate.img >/etc/khibernate.conf
case $variant in
lvm-luks*)
	echo encrypt=yes >>/etc/khibernate.conf
	mkdir -m 700 /etc/khibernate
	echo "a passphrase" >/etc/khibernate/pass
	khibernate keys --passphrase-file=/etc/khibernate/pass
	# Nobody types it.
	ok "an open key" khibernate unseal --passphrase-file=/etc/khibernate/pass
	cp $output /etc/khibernate/restoring.key
	;;
esac
case $variant in
*initramfs-tools)
	cp $shared/initramfs-tools/hook /etc/initramfs-tools/hooks/khibernate
	cp $shared/initramfs-tools/local-premount /etc/initramfs-tools/scripts/local-premount/khibernate
	ok "update-initramfs" update-initramfs -c -k "$version"
	;;
*dracut)
	mkdir /usr/lib/dracut/modules.d/95khibernate
	cp $shared/dracut/* /usr/lib/dracut/modules.d/95khibernate
	# What dracut finds out itself where it runs on the machine.
	case $variant in
	lvm-luks*) echo 'install_items+=" /etc/crypttab /etc/keys/root.key "' ;;
	raid1*) echo 'kernel_cmdline+=" rd.md.uuid=4b4a0000:00000000:00000000:00000000 "' ;;
	esac >/etc/dracut.conf.d/root.conf
	ok "dracut" dracut --force --no-hostonly --compress "zstd -1" --kver "$version" "/boot/initrd.img-$version"
	;;
esac

[common]
whole() {
	echo 3 >/proc/sys/vm/drop_caches
	(cd /root/work && sha256sum --quiet -c ../sums)
}

[A]
# As many files as rounds were made.
work() {
	mkdir -p /root/work
	head -c 3000000 /dev/urandom >"/root/work/$1"
	(cd /root/work && sha256sum -- * >../sums)
}
found() {
	sed -n "s/^$1=//p" "$2" | grep -v '^no$'
}
hibernates() {
	ok "$1 round: systemd-hibernate.service has hibernated and resumed" systemctl start systemd-hibernate.service
	ok "the counter continues" counter_advances
	ok "40 MB of random data have the same checksum" check_blob
	ok "what was written before is on the disk" whole
	is "swap is on again" "$(tail -n +2 /proc/swaps | wc -l)" 1
	note "$(khibernate status | tr '\n' ';')"
}
if [ -e /root/second ]; then
	ok "A was not resumed after a boot without the hook" true
	note "$(dmesg | grep khibernate | tail -n 3 | tr '\n' ';')"
	is "no snapshot is left" "$(khibernate status | grep -c '^state.*committed')" 0
	is "what that boot wrote is there" "$(cat /root/plain)" "written without the hook"
	ok "and what A wrote" whole
	is "swap is on" "$(tail -n +2 /proc/swaps | wc -l)" 1
	sync
	sleep 1
	power_off
fi
note "$(findmnt -no SOURCE,FSTYPE /), failed units: $(systemctl list-units --failed --plain --no-legend | tr '\n' ' ')"
start_counter
fill_blob 40
mkdir -m 700 /root/found
ok "setup without a device, as if there were no configuration" khibernate setup --config=/root/found/khibernate.conf \
	--passphrase-file=/etc/khibernate/pass --initrd=/boot/khibernate.img
note "$(tail -n 20 "$output" | tr '\n' ';')"
is "all of it can be watched" "$(grep 'cannot be watched' "$output")" ""
for key in device file encrypt; do
	is "it finds the same $key" "$(found $key /root/found/khibernate.conf)" "$(found $key /etc/khibernate.conf)"
done
ok "khibernate enable" khibernate enable
for round in first second third; do
	work $round
	hibernates $round
done
touch /root/second
sync
systemctl start systemd-hibernate.service
say "not ok - A is back: $(khibernate status)"

[C1]
# Nobody runs udev, and what is written below /etc is lost.
export DM_DISABLE_UDEV=1
volumes() {
	lvm "$@" --config 'devices { obtain_device_list_from_udev=0 } activation { udev_sync=0 udev_rules=0 monitoring=0 }
		backup { backup=0 archive=0 }'
}
mount -t tmpfs tmp /tmp
mkdir -p /run/lock /run/lvm /run/mdadm /run/cryptsetup
mirror() {
	mdadm --create "/dev/md$1" --run --metadata=1.2 --data-offset=1M --bitmap=internal --level=1 --raid-devices=2 \
		--assume-clean "--uuid=4b4a0000:00000000:00000000:0000000$1" "$2" "$3"
}
case $(cat /story/variant) in
lvm-luks*)
	target=/dev/vg/root
	modprobe dm-crypt
	ok "LUKS" cryptsetup -q luksFormat --type luks2 --uuid 4b4a0000-0000-4000-8000-000000000002 --pbkdf pbkdf2 \
		--pbkdf-force-iterations 1000 --key-file /etc/keys/root.key /dev/vda
	ok "opened" cryptsetup open --key-file /etc/keys/root.key /dev/vda secret
	ok "a physical volume on it" volumes pvcreate -y /dev/mapper/secret
	ok "a group" volumes vgcreate vg /dev/mapper/secret
	ok "a volume" volumes lvcreate -y -Wn -Zn -L 704M -n root vg
	ok "and one for swap" volumes lvcreate -y -Wn -Zn -L 864M -n swap vg
	mkswap /dev/mapper/vg-swap
	;;
raid1*)
	target=/dev/md0
	modprobe raid1
	ok "RAID1" mirror 0 /dev/vda /dev/vdb
	ok "and one for swap" mirror 1 /dev/vdc /dev/vdd
	mkswap /dev/md1
	;;
esac
ok "the system is copied there" e2image -raf /dev/vde $target
# There must be one root: this one loses its magic number.
printf '\000\000' | dd of=/dev/vde bs=1 seek=1080 conv=notrunc 2>/dev/null
sync
power_off

[C2]
mount -t tmpfs tmp /tmp
ok "the file system is mounted" whole
echo "written without the hook" >/root/plain
rm /root/work/first
(cd /root/work && sha256sum -- * >../sums)
mount -o remount,ro /
sleep 1
power_off

[C3]
mount -t tmpfs tmp /tmp
device=$(findmnt -no SOURCE /)
ok "e2fsck finds nothing wrong" e2fsck -fn "$device"
note "$device: $(tail -n 1 "$output")"

[host]
ok "the guard has said why" grep -qa 'given up: guard "file-systems": written to since .* "root" on /dev/m' "$serial.A"
case $KJ_VARIANT in
raid1*) ok "both disks of each array are the same" sh -c "cmp -i 1M $disk ${disk}2 && cmp -i 1M ${disk}22 ${disk}222" ;;
esac
