# Neither initramfs-tools nor dracut: khibernate-mkinitramfs --boot loads the modules of the stock kernel, also that
# of the file system and what it asks for only while it is being loaded.
title: Debian's kernel, with an initramfs by khibernate-mkinitramfs, finds no snapshot and mounts an ext4 root file system
memory: 512
root: 96M
boots: A C
timeout: 240
initramfs-A: project
initramfs-C: system
append-A: root=LABEL=root rw init=/init
append-C: root=LABEL=root init=/init no_timer_check
checks: 4

[system]
ok "khibernate-mkinitramfs, for an ordinary boot" khibernate-mkinitramfs --kernel="$version" \
	--boot="/boot/vmlinuz-$version" "/boot/initrd.img-$version"

[A]
is "A's root is ext4" "$(awk '$2 == "/" { print $3 }' /proc/mounts | tail -n 1)" ext4
mount -o remount,ro /
power_off

[C]
ok "this is the stock kernel" test "$(uname -r)" != "$(uname -r | tr -d -)"
is "its root is ext4" "$(awk '$2 == "/" { print $3 }' /proc/mounts | tail -n 1)" ext4
