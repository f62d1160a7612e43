title: khibernate, three times in a row: each ordinary boot resumes A, which writes to its ext4 root all the time
linux.x86_64: 6.12
memory: 512
cpus: 2
cpu: core2duo
cpu.i386: n270
disk: 500M
root: 96M
boots: A A A A
timeout: 200
programs: kexec kdump khibernate
initramfs-A: project
initramfs-B: project
append-A: root=/dev/vdb rw init=/init khdev=/dev/vda -- x
checks: 23

[A]
# Files with a checksum each, written anew all the time, and a log of it.
write_files() {
	number=0
	until [ -e /run/stop ]; do
		number=$((number + 1))
		file=/root/file$((number % 8))
		head -c 100000 /dev/urandom >$file
		(cd /root && sha256sum "${file##*/}" >$file.sum)
		echo "$number" >>/root/log
	done
}
files_are_right() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	(cd /root && sha256sum -c file*.sum) && [ "$(tail -n 1 /root/log)" = "$(wc -l </root/log)" ]
}
# Each step but the jump takes longer than a hundredth of a second, emulated.
steps_have_times() {
	[ "$(wc -l <"$1")" = 13 ] && ! grep -E '(prepare|save|initramfs|since).* 0.00 s|-' "$1"
}
start_counter
fill_blob 60
is "A's root is ext4" "$(awk '$2 == "/" { print $3 }' /proc/mounts | tail -n 1)" ext4
ok "setup" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
note "$(cat "$output")"
write_files &
writer=$!
for cycle in 1 2 3; do
	until [ -s /root/log ]; do usleep 100000; done
	before=$(counter) lines=$(wc -l </root/log)
	ok "$cycle: khibernate exits 0 in A when it has been resumed" khibernate hibernate --times
	note "$(grep resumed "$output")"
	grep '^  ' "$output" >/tmp/times
	note "$(tr -s ' \n' ' ;' </tmp/times)"
	ok "$cycle: all steps have a time" steps_have_times /tmp/times
	ok "$cycle: the counter did not start again" test "$(counter)" -ge "$before"
	ok "$cycle: the counter continues" counter_advances
	ok "$cycle: 60 MB of random data have the same checksum" check_blob
	ok "$cycle: files are being written" test "$(wc -l </root/log)" -gt "$lines"
done
ok "the snapshot is used" grep -q used <<TEXT
$(khibernate status)
TEXT
: >/run/stop
wait "$writer"
ok "all files are right" files_are_right
mount -o remount,ro /

[host]
ok "e2fsck finds nothing" e2fsck -fn "$root"
