# logind with its bus, as a desktop's menu asks it; systemd is the first process of A.
title: systemctl hibernate through logind: an inhibitor delays it, PrepareForSleep is sent before and after, and A is back
arches: x86_64
kernel: debian-jump
exceptions: no
memory: 1024
disk: 600M
root: 700M
root-files: system
system-with: dbus
initramfs-A: system
append-A: root=LABEL=root ro printk.devkmsg=on
boots: A A
timeout: 400
programs: kexec
checks: 18

[system]
shared=/usr/local/share/kexec-jump/initramfs
cp $shared/initramfs-tools/hook /etc/initramfs-tools/hooks/khibernate
cp $shared/initramfs-tools/local-premount /etc/initramfs-tools/scripts/local-premount/khibernate
ok "khibernate-mkinitramfs, with the modules of the kernel" khibernate-mkinitramfs --kernel="$version" \
	/boot/khibernate.img
printf '%s\n' device=/dev/vda "kernel=/boot/vmlinuz-$version" initrd=/boot/khibernate.img >/etc/khibernate.conf
echo COMPRESSLEVEL=1 >/etc/initramfs-tools/conf.d/level
ok "update-initramfs" update-initramfs -c -k "$version"
printf '#!/bin/sh\necho "$1 $2 $SYSTEMD_SLEEP_ACTION" >>/run/hooks\n' >/usr/lib/systemd/system-sleep/noted
chmod 755 /usr/lib/systemd/system-sleep/noted
# As the package's script does.
echo 'messagebus:x:104:104::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
echo 'messagebus:x:104:' >>/etc/group

[A]
login1() {
	busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager "$1"
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
hooks_are_done() {
	grep -q '^post' /run/hooks 2>/dev/null
}
signals() {
	grep -c 'Member=PrepareForSleep' /run/signals
}
signals_are() {
	[ "$(signals)" = "$1" ]
}
systemctl unmask systemd-logind >/dev/null 2>&1
systemctl start dbus.socket dbus systemd-logind
is "the bus runs" "$(systemctl is-active dbus)" active
is "logind runs" "$(systemctl is-active systemd-logind)" active
is "it sees no way to hibernate: there is no swap" "$(login1 CanHibernate)" 's "na"'
ok "the disk can take a snapshot" kdump --init /dev/vda
ok "khibernate enable" khibernate enable
systemctl restart systemd-logind
is "then it can" "$(login1 CanHibernate)" 's "yes"'
start_counter
fill_blob 30
busctl monitor org.freedesktop.login1 >/run/signals 2>/dev/null &
within_seconds 10 test -s /run/signals
systemd-inhibit --what=sleep --mode=delay --why=test sh -c 'sleep 3; echo released >>/run/hooks' &
within_seconds 20 sh -c 'systemd-inhibit --list | grep -q test'
before=$(counter)
ok "systemctl hibernate" systemctl hibernate
ok "it is over" within_seconds 200 hooks_are_done
is "logind waited for the inhibitor; the programs were run before and after" "$(tr '\n' ' ' </run/hooks)" \
	"released pre hibernate hibernate post hibernate hibernate "
ok "A was saved and resumed" sh -c 'khibernate status | grep -q "^state *used"'
ok "PrepareForSleep was sent before and after" within_seconds 20 signals_are 2
is "with true, then false" "$(grep -A 9 'Member=PrepareForSleep' /run/signals | grep -o 'BOOLEAN [a-z]*' | tr '\n' ' ')" \
	"BOOLEAN true BOOLEAN false "
ok "systemd knows of no failure" sh -c '! systemctl --quiet is-failed systemd-hibernate.service'
is "logind still runs, and could do it again" "$(login1 CanHibernate)" 's "yes"'
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "30 MB of random data have the same checksum" check_blob
