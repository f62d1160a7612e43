# The ordinary boot of a Debian: its stock kernel, with modules, and the initramfs that its mkinitramfs makes; it
# restores A itself. A and the kernel that saves it are test kernels, as Debian's have no kexec jump; they have no MSI,
# either, and the kernel that restores A must leave its devices without.
title: Debian's kernel with an initramfs by update-initramfs resumes A before it mounts the root file system
memory: 768
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
shared=/usr/local/share/kexec-jump/initramfs
cp $shared/initramfs-tools/hook /etc/initramfs-tools/hooks/khibernate
cp $shared/initramfs-tools/local-premount /etc/initramfs-tools/scripts/local-premount/khibernate
ok "khibernate-mkinitramfs, with the modules of the kernel" khibernate-mkinitramfs --kernel="$version" \
	/boot/khibernate.img
printf '%s\n' device=PARTUUID=4b4a0001-01 "kernel=/boot/vmlinuz-$version" initrd=/boot/khibernate.img \
	>/etc/khibernate.conf
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
ok "update-initramfs" update-initramfs -u
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
