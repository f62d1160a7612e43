title: a snapshot with one bit wrong, or cut off, is refused before anything is written; mended, it is restored
memory: 320
ram: junk
disk: 200M
boots: A C
timeout: 200
programs: kexec kdump krestore kjump_back_param
checks: 14

[A]
start_counter
fill_blob 30
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x6ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
before=$(counter)
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "30 MB of random data have the same checksum" check_blob

[B]
ok "kdump writes the snapshot" kdump --format=khimage --compress=lz4 --exclude=free,zero /dev/vda
note "$(tail -n 1 "$output")"
power_off

[C]
# poke OFFSET: turns the lowest bit of a byte on the disk round.
poke() {
	local byte
	byte=$(dd if=/dev/vda bs=1 skip="$1" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
	# shellcheck disable=SC2059 # the format is the data
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of=/dev/vda bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# superblock_field OFFSET: eight bytes of the first superblock (include/khimage_format.h).
superblock_field() {
	dd if=/dev/vda bs=8 skip=$(($1 / 8)) count=1 2>/dev/null | od -An -tu8 | tr -d ' '
}

# refuses TEXT PATTERN SNAPSHOT: not a check, but the restore itself; nothing was written when it is refused.
refuses() {
	local status=0
	krestore "$3" >/tmp/steps 2>/tmp/reason || status=$?
	cat /tmp/steps /tmp/reason >"$output"
	# Of a copy beside the original it is also said that it is one.
	grep -v 'is a copy of the snapshot on' /tmp/reason >/tmp/refusal
	if [ "$status" = 1 ] && [ "$(wc -l </tmp/refusal)" = 1 ] && grep -qE "$2" /tmp/refusal &&
		! grep -q "writing it" /tmp/steps && [ "$(loaded)" = 0 ]; then
		say "ok - $1"
	else
		say "not ok - $1"
		show_output
	fi
}

damaged() { # damaged TEXT PATTERN OFFSET...
	local offset text=$1 pattern=$2
	shift 2
	for offset; do poke "$offset"; done
	refuses "$text" "$pattern" /dev/vda
	for offset; do poke "$offset"; done
}

groups=$(superblock_field 80) end=$(superblock_field 104)
data=$((groups + 65536))
note "groups from $groups on, end at $end"
damaged "both superblocks" 'guard "image": .*superblock is damaged' 100 $((4096 + 100))
damaged "the notes" 'guard "image": .*notes are damaged' $((8192 + 40))
damaged "the index" 'guard "index": .*it is damaged' $((groups + 1000))
damaged "the first piece of data" 'guard "content": .*a chunk is damaged: its checksum' "$data"
damaged "data in the middle" 'guard "content": .*a chunk is damaged: its checksum' $(((data + end) / 2))
dd if=/dev/vda of=/tmp/cut bs=64k count=$((end / 2 / 65536)) 2>/dev/null
refuses "a snapshot that is cut off" 'guard "(index|content)": .*ends before' /tmp/cut
rm /tmp/cut
poke 100
ok "one superblock of two does no harm" krestore --check /dev/vda
poke 100
eval "$(kjump_back_param --shell /dev/vda)"
is "the snapshot is still there" "$KJUMP_STATE" committed
note "$(krestore /dev/vda 2>&1)"
say "not ok - krestore does not come back"
