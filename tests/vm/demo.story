# What tests/demo shows. Kept short: the tests are in stories/.
title: kernel A is saved, the machine is switched off, and the next boot restores A
arches: x86_64
memory: 1024
disk: 1G
root: 96M
boots: A A
timeout: 180
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda
checks: 7

[A]
write_file() {
	number=0
	until [ -e /run/stop ]; do
		number=$((number + 1))
		echo "line $number" >>/root/file
		usleep 200000
	done
}
lines() {
	wc -l </root/file
}
note "This is kernel A, Linux $(uname -r), in a virtual machine with $(($(ram_kib) / 1024)) MiB. Its root is ext4."
note "One process counts, another one writes lines to a file, and 100 MB of random data lie in memory."
start_counter
fill_blob 100
write_file &
writer=$!
note "Once: khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz"
ok "the disk /dev/vda is ready for a snapshot" \
	khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
sleep 2
before=$(counter) lines_before=$(lines) boot_id=$(cat /proc/sys/kernel/random/boot_id)
note "The counter: $before. Lines in the file: $lines_before"
note "A hibernates: khibernate hibernate"
ok "khibernate is back in A, with exit status 0" khibernate hibernate
note "This is kernel A again: $(tail -n 1 "$output")"
sleep 1
note "The counter: before $before, now $(counter). Lines in the file: before $lines_before, now $(lines)"
ok "A's counter continues" counter_advances
ok "A still writes its file" test "$(lines)" -gt "$lines_before"
ok "A's 100 MB of random data have the same checksum" check_blob
ok "A never booted again" test "$(cat /proc/sys/kernel/random/boot_id)" = "$boot_id"
: >/run/stop
wait "$writer"
mount -o remount,ro /

[host]
ok "the file system was left clean" e2fsck -fn "$root"
