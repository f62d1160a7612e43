# Debian's userland and its own initramfs, with systemd as init; the kernel has Debian's options and CONFIG_KEXEC_JUMP.
# A boots anew by "systemctl kexec" in the end, as C, which has a crash kernel.
title: a Debian with systemd jumps, hibernates by "systemctl hibernate", starts anew by "systemctl kexec", and dumps when it crashes
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 1024
cpus: 2
disk: 900M
root: 700M
root-files: system
initramfs-A: system
append-A: root=LABEL=root ro printk.devkmsg=on
boots: A A
timeout: 400
programs: kexec vmcore-dmesg
checks: 25

[variants]
core2duo: cpu: core2duo
haswell: cpu: Haswell; cpus: 4
epyc: cpu: EPYC; cpus: 1; machine: q35
max-uefi: cpu: max; firmware: uefi; machine: q35
qemu64-rounds: cpu: qemu64; append-A: root=LABEL=root ro printk.devkmsg=on kj.rounds=20

[system]
shared=/usr/local/share/kexec-jump/initramfs
cp $shared/initramfs-tools/hook /etc/initramfs-tools/hooks/khibernate
cp $shared/initramfs-tools/local-premount /etc/initramfs-tools/scripts/local-premount/khibernate
ok "khibernate-mkinitramfs, with the modules of the kernel" khibernate-mkinitramfs --kernel="$version" \
	/boot/khibernate.img
printf '%s\n' device=/dev/vda "kernel=/boot/vmlinuz-$version" initrd=/boot/khibernate.img >/etc/khibernate.conf
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
ok "update-initramfs" update-initramfs -c -k "$version"
printf '#!/bin/sh\necho "$@" >>/run/hooks\n' >/usr/lib/systemd/system-sleep/noted
chmod 755 /usr/lib/systemd/system-sleep/noted

[common]
kernel=/boot/vmlinuz-$(uname -r)

[A]
goes_on() {
	ok "$1: the counter continues" counter_advances
	ok "$1: 60 MB of random data have the same checksum" check_blob
}
# The unit ends when the system is resumed.
hibernate() {
	systemctl hibernate && within_seconds 120 resumed
}
resumed() {
	khibernate status | grep -q used
}
within_seconds() {
	local tries=$(($1 * 4))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.25
	done
}
many_rounds() {
	local round
	for round in $(seq "$(cmdline_value kj.rounds | grep . || echo 3)"); do
		kexec -e || return
	done
}
is "systemd is init" "$(cat /proc/1/comm)" systemd
is "AppArmor is on" "$(cat /sys/module/apparmor/parameters/enabled)" Y
note "$(grep -h . /sys/devices/system/cpu/vulnerabilities/meltdown); $(dmesg | grep -o 'mem auto-init.*')"
note "$(uname -r), $(nproc) processors, failed units: $(systemctl list-units --failed --plain --no-legend | tr '\n' ' ')"
start_counter
fill_blob 60
ok "A loads B" kexec --load-preserve-context "$kernel" --initrd=rootfs.gz \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "B has jumped back" kexec -e
goes_on "after a jump"
ok "many round trips" many_rounds
goes_on "after round trips"
kexec -u
# The configuration, which the initramfs has, too, was written by hand.
ok "the disk can take a snapshot" kdump --init /dev/vda
ok "khibernate enable" khibernate enable
ok "systemctl hibernate" hibernate
is "the hooks were called before and after" "$(tr '\n' ' ' </run/hooks)" "pre hibernate post hibernate "
ok "khibernate disable" khibernate disable
is "it has left nothing" "$(find /etc/systemd/system -name khibernate.conf)" ""
goes_on "after hibernation"
note "$(journalctl -u systemd-hibernate --no-pager -o cat | tail -n 3 | tr '\n' ';')"
ok "a file system is still written to" sh -c 'echo x >/root/written && sync'
ok "the next kernel is loaded" kexec -l "$kernel" --initrd="/boot/initrd.img-$(uname -r)" --reuse-cmdline \
	--append="kj.role=C crashkernel=224M"
systemctl kexec
sleep 100

[C]
is "systemctl kexec has started the next kernel, with what A wrote" "$(cat /root/written)" x
ok "the crash kernel is loaded" kexec -p "$kernel" --initrd=/boot/rootfs.gz --append="console=ttyS0 panic=-1 nr_cpus=1 kj.role=B"
echo "<4>C says this before its end" >/dev/kmsg
echo c >/proc/sysrq-trigger

[B]
if ! grep -q kj.role=B /proc/cmdline; then
	kexec --load-jump-back-helper
	while :; do kexec -e; done
fi
ok "the crash kernel has C's memory" test -s /proc/vmcore
ok "vmcore-dmesg reads its log" sh -c 'vmcore-dmesg /proc/vmcore | grep -q "C says this before its end"'
say "end B"
poweroff -f
