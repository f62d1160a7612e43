# Neither initramfs-tools nor dracut: khibernate-mkinitramfs makes the initramfs of the ordinary boot. It loads the
# modules of the stock kernel, also that of the file system and what it asks for only while it is being loaded.
title: Debian's kernel with an initramfs by khibernate-mkinitramfs resumes A, and later boots on an ext4 root file system
memory: 512
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
checks: 9

[system]
printf '%s\n' device=PARTUUID=4b4a0001-01 >/etc/khibernate.conf
ok "khibernate-mkinitramfs, for an ordinary boot" khibernate-mkinitramfs --kernel="$version" "/boot/initrd.img-$version"

[A]
. /boot/debian.sh
A_is_resumed

[C1]
. /boot/debian.sh
A_is_not_resumed

[C2]
. /boot/debian.sh
root_is_mounted
