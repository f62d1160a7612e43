# The test of the harness itself: no program of ours takes part.
title: the test machine boots and the helpers for stories work
arches: x86_64 i386
memory: 512
cpus: 2
disk: 64M
boots: A C
append-C: kj.word=two
timeout: 60
programs:
tools-A: yes
checks: 16

[A]
ok "two CPUs run" test "$(grep -c ^processor /proc/cpuinfo)" = 2
ok "kexec jump can be asked for" test -e /sys/kernel/kexec_loaded
is "nothing is loaded" "$(loaded)" 0
ok "the kernel carries its configuration" zcat /proc/config.gz
ok "the memory is there" test "$(ram_kib)" -gt 500000
start_counter
ok "the counter counts" counter_advances
fill_blob 20
ok "a blob keeps its checksum" check_blob
printf "not random at all" | dd of=/tmp/blob bs=1 seek=12345 conv=notrunc 2>/dev/null
refused "a changed blob is found out" "FAILED|WARNING" sh -c "sha256sum -c /tmp/blob.sum 2>/dev/null"
is "a word of the command line" "$(cmdline_value console)" ttyS0
ok "readelf runs" readelf --version
ok "makedumpfile runs" makedumpfile -v
echo "written by the machine" >/dev/vda
ok "the disk takes data" sync
power_off

[C]
is "a second boot reads what the first wrote" "$(head -n 1 /dev/vda)" "written by the machine"
is "its memory is empty" "$(ls /tmp)" ""
is "it has its own command line" "$(cmdline_value kj.word)" two

[host]
ok "the host sees what the machine wrote" \
	test "$(head -n 1 "$disk" | tr -d '\0')" = "written by the machine"
