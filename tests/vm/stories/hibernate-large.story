title: memory above 4 GiB or high memory, two CPUs, KASLR in A, B and C; kdump needs little memory
memory: 8192
memory.i386: 1280
cpus: 2
disk: 600M
boots: A C
timeout: 300
programs: kexec kdump krestore
checks: 13

[common]
# modest TEXT COMMAND...: succeeds, and had at no time more than 16 MiB of memory.
modest() {
	local text=$1 status=0 process
	shift
	"$@" >"$output" 2>&1 &
	process=$!
	# A process that has ended, and was not waited for, has no such line.
	while grep VmHWM "/proc/$process/status" >/tmp/peak.now 2>/dev/null; do
		mv /tmp/peak.now /tmp/peak
		usleep 20000
	done
	wait "$process" || status=$?
	note "$(tail -n 1 "$output")"
	ok "$text" test "$status" = 0
	note "$text: at most $(tr -s '\t ' ' ' </tmp/peak | cut -d' ' -f2-)"
	ok "$text: 16 MiB are enough" test "$(tr -dc 0-9 </tmp/peak)" -le 16384
}

# This kernel moves itself, and says where it is.
has_kaslr() {
	note "$ROLE's kernel is at $(sed -n 's/^ *\(.*\)-.* : Kernel code/0x\1/p' /proc/iomem)"
	! grep -qw nokaslr /proc/cmdline && zcat /proc/config.gz | grep -q ^CONFIG_RANDOMIZE_BASE=y
}

has_far_memory() {
	grep -qE '^ *[1-9a-f][0-9a-f]{8}-.* : System RAM' /proc/iomem ||
		[ "$(awk '/^HighTotal/ { print $2 }' /proc/meminfo)" -gt 200000 ]
}

[A]
keep_out 0x1000000 0x8ffffff
ok "A has memory above 4 GiB, or high memory" has_far_memory
ok "A has KASLR" has_kaslr
start_counter
# The kernel gives programs the highest memory first.
fill_blob 100
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "100 MB of random data have the same checksum" check_blob

[B]
ok "B has KASLR" has_kaslr
modest "kdump saves A" kdump --format=khimage --compress=lz4 --exclude=free,zero /dev/vda
power_off

[C]
ok "C has KASLR" has_kaslr
modest "krestore checks the snapshot" krestore --check /dev/vda
krestore /dev/vda >"$output" 2>&1
say "not ok - krestore does not come back"
show_output
