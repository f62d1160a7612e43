# As debian-initramfs-tools, with dracut and systemd, and disks of which nobody knows in which order they are found.
title: Debian's kernel with an initramfs by dracut resumes A before it mounts the root file system
memory: 768
disks: ide
disk: 500M
root: 96M
boots: A C1 C2
timeout: 240
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
initramfs-C: system
append-A: root=LABEL=root rw init=/init
append-C: root=LABEL=root rw init=/init no_timer_check pci=nomsi
files-A: tests/vm/guest/debian.sh:/boot/debian.sh
checks: 13

[system]
mkdir /usr/lib/dracut/modules.d/95khibernate
cp /usr/local/share/kexec-jump/initramfs/dracut/* /usr/lib/dracut/modules.d/95khibernate
printf '%s\n' device=PARTUUID=4b4a0001-01 fallback=none >/etc/khibernate.conf
ok "dracut" dracut --force --compress "zstd -1" --kver "$version" "/boot/initrd.img-$version"
ok "no second kernel is in it" sh -c "lsinitrd /boot/initrd.img-$version >/run/list &&
	grep -q sbin/khibernate /run/list && ! grep -q khibernate/kernel /run/list"
khibernate check-boot >/run/boot
ok "the next boot is found to resume" grep "next boot resumes: /boot/initrd.img-$version has" /run/boot
echo power=s4 >>/etc/khibernate.conf
khibernate check-boot 2>/run/boot
ok "not with another configuration" grep "initrd.img-$version, .* has another /etc/khibernate.conf" /run/boot

[A]
. /boot/debian.sh
A_is_resumed

[C1]
. /boot/debian.sh
A_is_not_resumed

[C2]
. /boot/debian.sh
root_is_mounted

[host]
ok "root was mounted by A and by the last boot, and by nobody else" grep -q 'Mount count: *2$' <(dumpe2fs -h "$root")
