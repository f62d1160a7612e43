title: khibernate resume and cancel are typed in an ordinary kernel that has not mounted anything; a kernel that runs out of memory; PARTUUID=; power=s4
memory: 512
disk: 300M 64M
boots: A C1 C2
timeout: 200
programs: kexec kdump khibernate
initramfs-B: project
checks: 17

[common]
state() {
	khibernate status --device=/dev/vda1
}

[A]
start_counter
fill_blob 60
# C has no file system to find them in.
tar -cf /dev/vdb bzImage rootfs.gz
printf 'n\np\n1\n\n\nw\n' | fdisk /dev/vda >"$output" 2>&1
printf '\144\300\061\012' | dd of=/dev/vda bs=1 seek=440 conv=notrunc 2>/dev/null
ok "the disk has a partition" test -b /dev/vda1
ok "setup" khibernate setup --device=/dev/vda1 --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
is "the partition is known by what it keeps" "$(grep ^device= /etc/khibernate.conf)" "device=PARTUUID=0a31c064-01"
refused "there is nothing to resume yet" "there is no snapshot on /dev/vda1" khibernate resume
before=$(counter)
ok "khibernate exits 0 when its snapshot has been resumed by hand" khibernate hibernate --power=reboot
note "$(tail -n 1 "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "60 MB of random data have the same checksum" check_blob
say "off A"
khibernate hibernate --power=s4
say "not ok - A is back, though C2 gives its snapshot up"

[C1]
tar -xf /dev/vdb -C /boot
ok "the snapshot waits" grep committed <<TEXT
$(state)
TEXT
refused "it is not written over" "vda1 holds a snapshot of .* that was not resumed; .*cancel" \
	khibernate hibernate --device=/dev/vda1 --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
# Others need what the restore has taken: the kernel kills it, and nothing else.
available() {
	sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo
}
mkdir /tmp/hog
mount -t tmpfs -o size=100% tmpfs /tmp/hog
dd if=/dev/zero of=/tmp/hog/before bs=1M count=$((($(available) - 190000) / 1024)) 2>/dev/null
(
	until [ "$(available)" -lt 150000 ]; do usleep 2000; done
	dd if=/dev/zero of=/tmp/hog/while bs=1M count=170 2>/dev/null
	umount /tmp/hog
) &
say "off C1"
khibernate resume --device=/dev/vda1 --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
say "not ok - khibernate resume came back"

[C2]
tar -xf /dev/vdb -C /boot
ok "the second snapshot waits" grep committed <<TEXT
$(state)
TEXT
ok "it is given up" khibernate cancel --device=/dev/vda1
is "there is none now" "$(state | grep -c committed)" 0
refused "it cannot be resumed any more" "there is no snapshot on /dev/vda1" \
	khibernate resume --device=/dev/vda1 --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
refused "a device without a snapshot has none to give up" "vdb" khibernate cancel --device=/dev/vdb

[host]
ok "killed for lack of memory, a restore is done by another kernel, in its window" grep -qa \
	'was killed, most likely for lack of memory.*; starting the kernel that restores it' "$serial.C1"
# It says why when the firmware has none, and when the machine is still on after it.
ok "the firmware's sleep state S4 switched the machine off" sh -c \
	"grep -qa 'switching off (S4' $serial.C1 && ! grep -a 'sleep state\|/dev/snapshot' $serial.C1"
