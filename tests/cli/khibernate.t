#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# khibernate on a described machine: what it asks of its device, what it loads, what it makes of the other kernel's
# coming back. A file stands in for the device (tests/tools/preload_block.c), and nothing is loaded.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
mkdir -m 777 "$work/dev" "$machine/proc/self"
device=$work/dev/disk other=$work/other conf=$work/khibernate.conf
mkdir -p "$machine/sys/class/block"
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
guard=$guard:$builddir/tests/tools/bin/preload_block.so
KEXEC=$sbin/khibernate
export PRELOAD_BLOCK=$work/dev
"$builddir/tests/tools/bin/mkcore" "$work/core" 100 1 || exit

# fresh_device: an empty khimage, the next snapshot on which is number 3.
fresh_device() {
	rm -f "$device"
	truncate -s 4M "$device"
	"$sbin/kdump" --init "$device" && save "$device" && save "$device" && "$sbin/kdump" --discard "$device"
}

save() {
	PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --from="$work/core" "$1" 2>/dev/null
}

# becomes_used FILE: the snapshot is used as it is by krestore.
becomes_used() {
	truncate -s 32M "$work/memory"
	PRELOAD_BLOCK='' "$sbin/krestore" --memory="$work/memory" "$1" >/dev/null 2>&1
}

state_is() { # state_is NAME STATE: of the device
	[ "$(PRELOAD_BLOCK='' "$sbin/kjump_back_param" --shell "$device" | sed -n "s/^KJUMP_STATE='\(.*\)'/\1/p")" = "$2" ]
	ok $? "$1" || diag "$(PRELOAD_BLOCK='' "$sbin/kjump_back_param" "$device")"
}

# damage_notes FILE: a bit of the snapshot's notes is another one; its superblocks are whole.
damage_notes() {
	perl -e 'open(my $disk, "+<", shift) or die; seek($disk, 8200, 0); read($disk, my $byte, 1);
		seek($disk, 8200, 0); print $disk chr(ord($byte) ^ 1)' "$1"
}

# the_other_leaves FILE: what the device holds when the other kernel has come back; nothing: as it was.
the_other_leaves() {
	export PRELOAD_KEXEC_LEAVES="$1 $device"
}

settings=("--device=$device" "--kernel=$kernel" "--initrd=$initrd" "--config=$conf" "--prepare=no")
fresh_device || exit

# ---- the command line ----
does 'help' '$' --help
said 'help names the commands' 'hibernate .*cancel '
does 'help behind a command' '$' status --help
said 'is the same' 'hibernate .*cancel '
does 'a short one, too' '$' hibernate -h
refused 'no command' 'a command is needed'
refused 'an unknown command' 'there is no command sleep' sleep
refused 'status with --force' 'status takes no --force' status --force
refused 'cancel with --boot' 'cancel takes no --boot' cancel --boot
refused 'hibernate with --overwrite' 'hibernate takes no --overwrite' hibernate --overwrite
refused 'no configuration' "there is no $conf: run \"khibernate setup" status --config="$conf"
refused 'a device that is not there' "cannot find $work/dev/none: No such file" status --device="$work/dev/none"
refused 'a file that is no device' 'is not a block device' status --device="$work/core"
refused 'a name that a command line cannot hold' 'has a blank' status --device='PARTLABEL=my disk'
echo "device=$device" >"$work/near.conf"
cd "$work" || exit
does 'a configuration in the folder where one is' '$' status --config=near.conf
said 'is read' "device +$device"
mkdir -p "$work/near/hooks.d"
printf '#!/bin/sh\necho no network\nexit 7\n' >"$work/near/hooks.d/10-disk"
chmod 755 "$work/near/hooks.d" "$work/near/hooks.d/10-disk"
# Without the guard, which refuses all programs; khibernate does nothing after this one.
errors=$(timeout 20 env --ignore-signal=CHLD "$sbin/khibernate" status --config="$work/near.conf" 2>&1)
[[ $errors == *'10-disk open failed, exit status 7: no network' ]]
ok $? 'how its programs end is known also to one whose parent ignores SIGCHLD' || diag "$errors"
rm -r "$work/near"

# ---- status and cancel ----
: >"$work/dev/nothing"
refused 'status of what is no khimage' "nothing is no khimage; \"khibernate setup --device=.*nothing\" makes it one" \
	status --device="$work/dev/nothing"
does 'status of an empty one' '$' status "${settings[@]}"
said 'says so, and no date' $'^device +[^\n]*\nstate +empty: there is no snapshot$'
save "$device"
does 'status of a snapshot' '$' status "${settings[@]}"
said 'tells what happens to it, its number and time' $'\nstate +committed: the next boot resumes it\nsnapshot +3, of 20[0-9-]* [0-9:]*$'
refused 'it is not written over' 'holds a snapshot of 20.* that was not resumed; .*cancel.* gives it up' \
	hibernate "${settings[@]}"
PRELOAD_BLOCK_USED=$device refused 'a device in use' 'is in use: it is mounted, or swap' hibernate "${settings[@]}"
PRELOAD_BLOCK_READ_ONLY=1 refused 'a device that is read-only' 'is read-only' hibernate "${settings[@]}"
state_is 'the snapshot is as it was' committed
does 'cancel' '$' cancel "${settings[@]}"
said 'says so' "the snapshot on $device is given up"
state_is 'there is none then' empty
save "$device"
damage_notes "$device"
does 'status of one whose notes are damaged' '$' status "${settings[@]}"
said 'says what becomes of it, and why' $'\nstate +committed: the next boot gives it up, for it is damaged\nsnapshot +4, .*\ndamage +[^\n]*notes are damaged'
refused 'it is not written over' 'was not resumed; .*cancel.* gives it up' hibernate "${settings[@]}"
refused 'nor resumed by hand' 'the notes are damaged' resume "${settings[@]}"
"$sbin/kjump_back_param" --shell "$device" 2>/dev/null | grep -qx "KJUMP_GENERATION='4'"
ok $? 'its number is still to be had'
does 'cancel of it' '$' cancel "${settings[@]}"
state_is 'there is none then' empty
refused 'cancel without one' 'holds no snapshot that would be resumed \(its state is "empty"\)' cancel "${settings[@]}"

# ---- another machine's snapshot, by its memory ----
# notes_memory CORE DIGEST [CPU]: the core's note has these digests of the memory map and of the processor (16 digits each).
notes_memory() {
	perl -e 'open(my $core, "+<", shift) or die; read($core, my $all, 1 << 16); seek($core, index($all, "KJUMP\0") + 8 + 96, 0);
		print $core map { pack("Q<", hex($_)) } @ARGV' "$@"
}
# saves_foreign [DIGEST [TYPE]]: a snapshot of that memory, of a system that used a disk with this content.
saves_foreign() {
	cp "$work/core" "$work/foreign.core"
	notes_memory "$work/foreign.core" "${1:-0123456789abcdef}"
	perl -e 'my $texts = shift() . "\0\0\0/dev/sdz1\0\0"; $texts .= "\0" while (length($texts) + 40) % 8;
		print pack("V4", 3, 16, 1, 0), pack("V2Q<a16V2", 40 + length($texts), 40, 4 << 20, "", 0, 0), $texts' \
		"${2:-ext4}" >"$work/foreign.used"
	fresh_device
	PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --used="$work/foreign.used" --from="$work/foreign.core" "$device" 2>/dev/null
}
# know_memory: $memory and $processor are the digests that a load notes for this machine, in its last segment.
know_memory() {
	local ram=$work/ram
	truncate -s 1G "$ram"
	PRELOAD_KEXEC_MEMORY=$ram kexec hibernate "${settings[@]}"
	[[ $calls =~ .*segment\ (0x[0-9a-f]+)\+(0x[0-9a-f]+) ]] &&
		read -r memory processor < <(perl -e 'open(my $ram, "<", shift) or die; my ($start, $size) = map { hex } @ARGV;
			seek($ram, $start, 0); read($ram, my $part, $size); my $note = index($part, "KJUMP\0");
			printf("%016x %016x\n", unpack("Q<2", substr($part, $note + 8 + 96, 16))) if $note >= 0' \
			"$ram" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")
	ok $? 'a load notes the machine' || show
	rm "$ram"
}
know_memory
alone="^khibernate: the snapshot on $device is of another machine, or this one.s memory was changed: it is left alone; .khibernate cancel. gives it up\$"
boot=(resume --boot "${settings[@]}")
restores=$'kexec_load [^\n]*(\n  segment [^\n]*)*\nreboot 0x45584543'
cp "$machine/proc/cmdline" "$work/cmdline"
for words in "$(cat "$work/cmdline")" 'quiet noresume'; do
	saves_foreign
	echo "$words" >"$machine/proc/cmdline"
	does "a boot of another machine: ${words##* }" '$' "${boot[@]}"
	said 'says whose the snapshot is' "$alone"
	state_is 'and leaves it alone' committed
done
cp "$work/cmdline" "$machine/proc/cmdline"
for number in 2 3 4 5; do kexec "${boot[@]}"; done
state_is 'however often it boots' committed
does 'status' '$' status "${settings[@]}"
said 'says so' "state +committed: it is of another machine, or this one.s memory was changed"
[[ $output != *attempts* ]]
ok $? 'no start counted' || show
notes_memory "$work/core" "$memory" "$processor"
fresh_device
save "$device"
PRELOAD_KEXEC_GONE=77 kexec "${boot[@]}"
[ "$status" -eq 77 ] && [[ $calls =~ ^$restores ]]
ok $? "this machine's is resumed, and where its memory cannot be placed, by another kernel" || show
said 'with the reason' "^khibernate: snapshot 3 of 20[^ ]* [0-9:]* is on $device(
khibernate: the snapshot has no list of file systems .*)?
khibernate: this kernel cannot restore it\. Not by placement: .*pagemap.*; starting the kernel that restores it\$"
saves_foreign 0
does 'one that does not tell is not resumed' '$' "${boot[@]}"
said 'but given up' 'is given up: guard "memory-map"'
save "$device"
# What is in use here, as the snapshot's list may have it: swap of 4 MiB.
truncate -s 4M "$work/dev/late"
perl -e 'open(my $disk, "+<", shift) or die; seek($disk, 1024, 0); print $disk pack("V3", 1, 1023, 0);
	seek($disk, 4086, 0); print $disk "SWAPSPACE2"' "$work/dev/late"
mkdir "$machine/sys/class/block/shm!..!..${work//\//!}!dev!late"
# expires NAME STATE DIGEST TYPE
expires() {
	saves_foreign "$3" "$4"
	PRELOAD_BLOCK_USED=/dev/shm/../..$work/dev/late does "expire: $1" '$' expire "${settings[@]}"
	state_is "the snapshot is $2" "$2"
}
expires "this machine's memory, and none of its file systems" empty "$memory" ext4
expires 'a memory that is not known' empty 0 ext4
if grep -q 'define HAVE_BLKID' "$builddir/config.h"; then
	expires "another machine's, of which nothing is in use here" committed '' ext4
	said 'says so' "$alone"
	expires 'this machine with other memory: what is in use is on the list' empty '' swap
	said 'says why' 'was not resumed by this boot'
	saves_foreign
	fresh_device
	perl -e 'print pack("V4", 3, 16, 0, 0)' >"$work/foreign.used"
	PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --used="$work/foreign.used" --from="$work/foreign.core" "$device" 2>/dev/null
	does 'expire: other memory, and nothing is known of its disks' '$' expire "${settings[@]}"
	state_is 'the snapshot is empty' empty
fi
saves_foreign
damage_notes "$device"
does 'expire: damaged notes' '$' expire "${settings[@]}"
state_is 'it is given up' empty
rm -r "$machine/sys/class/block/"* "$work/dev/late"
fresh_device

# ---- expire: a boot that did not resume ----
does 'expire where nothing is configured' '$' expire --config="$work/none.conf"
does 'expire when the disk is not there yet' '$' expire --device="$work/dev/none"
does 'expire where there is no snapshot' '$' expire "${settings[@]}"
said 'says nothing' '^$'
save "$device"
cp "$machine/proc/cmdline" "$work/cmdline"
echo "go_to_hibernate khdev=$device" >"$machine/proc/cmdline"
does 'expire in the kernel that saves' '$' expire "${settings[@]}"
state_is 'leaves the snapshot alone' committed
echo "quiet go_to_resume khdev=$device" >"$machine/proc/cmdline"
cp "$machine/proc/self/mounts" "$work/mounts"
echo 'none / rootfs rw 0 0' >>"$machine/proc/self/mounts"
does 'expire in an initramfs of any kind, here of the kernel that restores' '$' expire "${settings[@]}"
state_is 'leaves the snapshot alone: it may still be resumed' committed
echo '/dev/vda1 / ext4 rw 0 0' >>"$machine/proc/self/mounts"
does 'expire in the kernel that was to restore, and has booted on' '$' expire "${settings[@]}"
state_is 'gives the snapshot up' empty
save "$device"
cp "$work/mounts" "$machine/proc/self/mounts"
cp "$work/cmdline" "$machine/proc/cmdline"
mkdir -p "$machine/etc"
: >"$machine/etc/initrd-release"
does 'expire in an initramfs' '$' expire "${settings[@]}"
state_is 'leaves the snapshot alone: it may still be resumed' committed
rm "$machine/etc/initrd-release"
does 'expire' '$' expire "${settings[@]}"
said 'says what is given up, and why' "^khibernate: snapshot [0-9]+ of 20[^ ]* [0-9:]+ on $device was not resumed by this boot"
state_is 'no later boot resumes it' empty
save "$device"
grep -qa KHGROUP "$device" && does 'expire with wipe=yes' '$' expire "${settings[@]}" --wipe=yes
! grep -qa KHGROUP "$device"
ok $? 'overwrites the index blocks'
state_is 'it is given up, too' empty
save "$device"
echo "quiet noresume" >"$machine/proc/cmdline"
does 'noresume with wipe=yes' '$' "${boot[@]}" --wipe=yes
cp "$work/cmdline" "$machine/proc/cmdline"
! grep -qa KHGROUP "$device"
ok $? 'overwrites them as well'
state_is 'and gives it up' empty
save "$device"
becomes_used "$device"
does 'expire in a system that was resumed' '$' expire "${settings[@]}"
state_is 'its snapshot was used, and stays so' used
# Marked before a jump of the placing program, of which nothing more is known (hibernate/refused_jump.h).
fresh_device
save "$device"
"$builddir/tests/tools/bin/mkmark" used "$device"
does 'a boot after a placement that was cut off' '$' "${boot[@]}"
said 'says what may have happened' "the snapshot on $device is used: .* or the machine was switched off during the jump"
state_is 'and does not resume it' used
does 'expire forgets the jump' '$' expire "${settings[@]}"
does 'so that the next boot says nothing' '$' "${boot[@]}"
[ -z "$output" ]
ok $? 'of it' || show
state_is 'it stays used' used
fresh_device
save "$device"
damage_notes "$device"
does 'expire of a snapshot whose notes are damaged' '$' expire "${settings[@]}"
state_is 'no later boot tries it' empty

# The file whose blocks a device's name has: in memory it has none. That of a device that is not configured is another's.
save "$device"
printf 'device=%s\nfile=%s\n' "$device" "$work/moved" >"$work/file.conf"
does 'expire without the file, whose file system is not mounted' '$' expire --config="$work/file.conf"
state_is 'gives the snapshot up' empty
save "$device"
echo other >"$work/moved"
refused 'expire where the file is no longer' "nothing is written to $device: .*moved" expire --config="$work/file.conf"
refused 'nor does cancel' "nothing is written to $device: .*moved" cancel --config="$work/file.conf"
state_is 'nothing is written' committed
"$sbin/kdump" --discard "$device"
refused 'nor is a snapshot kept in it' 'keep=yes: .*moved is a file' hibernate --config="$work/file.conf" --keep=yes \
	--kernel="$kernel"
save "$device"
cp "$device" "$work/dev/copy"
does 'cancel on another device' '$' cancel --config="$work/file.conf" --device="$work/dev/copy"
does 'cancel when the file is gone' "\$" cancel --config="$work/none.conf" --device="$device"

# ---- what was a khimage ----
# mkswap leaves the second superblock as it was.
if grep -q 'define HAVE_BLKID' "$builddir/config.h"; then
	save "$device"
	perl -e 'open(my $disk, "+<", shift) or die; print $disk "\0" x 4096; seek($disk, 1024, 0);
		print $disk pack("V3", 1, 511, 0); seek($disk, 4086, 0); print $disk "SWAPSPACE2"' "$device"
	refused 'what was a khimage and is swap now is none' 'is no khimage' cancel "${settings[@]}"
	run_on_device() {
		LD_PRELOAD=$builddir/tests/tools/bin/preload_block.so ASAN_OPTIONS=verify_asan_link_order=0 "$@" 2>"$work/errors"
		status=$?
		slurp errors "$work/errors"
	}
	for words in "--format=khimage --from=$work/core" --init; do
		# shellcheck disable=SC2086 # words
		run_on_device "$sbin/kdump" $words "$device"
		[ "$status" -eq 1 ] && [[ $errors == *"holds swap, which would be lost; --overwrite"* ]]
		ok $? "it is not written over: kdump ${words%%=*}" || diag "$errors"
	done
	run_on_device "$sbin/kdump" --discard "$device"
	[ "$status" -eq 1 ] && [[ $errors == *'no khimage'* ]]
	ok $? 'nor is there a snapshot to be discarded' || diag "$errors"
	# The mark of a RAID that was there before is at the end.
	truncate -s 4M "$device"
	perl -e 'open(my $disk, "+<", shift) or die; print $disk "\0" x 8192; seek($disk, (4 << 20) - 65536, 0);
		print $disk pack("V14", 0xa92b4efc, 0, 90, 0, 0, 1, 2, 1, 3072, 2, 2, 9, 0, 7)' "$device"
	run_on_device "$sbin/kdump" --init "$device"
	[ "$status" -eq 1 ] && [[ $errors == *'holds linux_raid_member'* ]]
	ok $? 'a part of a RAID is not made a khimage' || diag "$errors"
	run_on_device "$sbin/kdump" --init --overwrite "$device"
	run_on_device "$sbin/kdump" --format=khimage --from="$work/core" "$device"
	ok "$status" 'when it was overwritten, nothing of it is left in the way' || diag "$errors"
fi

# ---- hibernate ----
fresh_device
loads=$'kexec_load [^\n]*(\n  segment [^\n]*)*'
cp "$device" "$other"
save "$other"
cp "$other" "$work/committed"
becomes_used "$other"
the_other_leaves "$other"
does 'a kernel that was resumed' "$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0' hibernate "${settings[@]}"
said 'says from which snapshot' "^resumed from snapshot 3 on $device, saved 20"
the_other_leaves "$other"
fresh_device
does 'with a saver that was to sleep, and is not there' "$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0' \
	hibernate "${settings[@]}" --prepare="$work/none"
said 'it says that it is booted' "^the saver is booted, not woken: there is no $work/none; see"
the_other_leaves "$other"
fresh_device
does 'with another file there' "$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0' \
	hibernate "${settings[@]}" --prepare="$work/core"
said 'says that, too' "^the saver is booted, not woken: no saver sleeps in $work/core; see"
does 'status of it' '$' status "${settings[@]}" --prepare="$work/core"
said 'too' "saver       is booted, not woken: no saver sleeps in $work/core"
"$builddir/tests/tools/bin/mkasleep" "$machine" 0x4000000 0x4ffffff "$work/asleep"
the_other_leaves "$other"
fresh_device
does 'with a saver of another initramfs' "$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0' \
	hibernate "${settings[@]}" --prepare="$work/asleep"
said 'says why it is not woken' "^the saver is booted, not woken: the saver in $work/asleep was started with another kernel, initramfs"
refused_after "$loads"$'\nkexec_load entry=0x0 segments=0[^\n]*' 'prepare where the kernel does not show what it has loaded' \
	'the saver could not be read after its start: .*kallsyms' prepare "${settings[@]}" --prepare="$work/folder/saver"
[ -d "$work/folder" ] && [ ! -e "$work/folder/saver" ]
ok $? 'does not jump'
refused 'prepare with prepare=no' 'prepare=no is configured' prepare "${settings[@]}"
errno='' PRELOAD_KEXEC_LEAVES='' refused_after "$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0[^\n]*' \
	'the other kernel did nothing' 'not hibernated: the other kernel came back and gave no reason \(.* is in state "used"\)' \
	hibernate "${settings[@]}"
# Of 1 GiB so much is free, and so much when the page cache was dropped.
cp "$machine/proc/meminfo" "$work/meminfo"
mkdir -p "$machine/proc/sys/vm"
: >"$machine/proc/sys/vm/drop_caches"
chmod 666 "$machine/proc/sys/vm/drop_caches"
has_free() { printf 'MemTotal: 1000000 kB\nMemFree: %s kB\nMemAvailable: 800000 kB\n' "$1"; }
has_free 390000 >"$machine/proc/meminfo"
fresh_device
does 'with enough memory free for the next boot' "$loads" hibernate "${settings[@]}"
[ ! -s "$machine/proc/sys/vm/drop_caches" ]
ok $? 'the page cache is kept'
has_free 370000 >"$machine/proc/meminfo"
has_free 780240 >"$work/meminfo.after"
fresh_device
PRELOAD_MACHINE_SYNC="$work/meminfo.after $machine/proc/meminfo" does 'with too little' "sync"$'\n'"$loads" \
	hibernate "${settings[@]}"
[ "$(cat "$machine/proc/sys/vm/drop_caches")" = 1 ]
ok $? 'it is dropped'
said 'which is said' $'^khibernate: 400.6 MiB of page cache are dropped, .*\nresumed from'
has_free 300000 >"$machine/proc/meminfo"
fresh_device
errno='' PRELOAD_KEXEC_LEAVES='' refused_after sync 'with too little, and no fallback' \
	'292.9 MiB of memory are free.* no room .*fallback=window.*--force' hibernate "${settings[@]}" --fallback=none
fresh_device
does 'that can be overridden' "sync"$'\n'"$loads" hibernate "${settings[@]}" --fallback=none --force
cp "$work/meminfo" "$machine/proc/meminfo"
the_other_leaves "$work/committed"
did_all="$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0 segments=0[^\n]*'
cp "$work/committed" "$work/damaged"
damage_notes "$work/damaged"
the_other_leaves "$work/damaged"
fresh_device
refused_after "$did_all" 'what it saved is damaged, too' 'not hibernated: .* the snapshot on .*disk, complete as it was, is given up' \
	hibernate "${settings[@]}"
state_is 'that is not left to be resumed' empty
cp "$other" "$work/damaged"
damage_notes "$work/damaged"
fresh_device
does 'a kernel that was resumed' "$loads" hibernate "${settings[@]}"
said 'does not ask its snapshot for more than its state' '^resumed from snapshot 3 on'
the_other_leaves "$work/committed"
fresh_device
refused_after "$did_all" 'it saved, and could not switch off' \
	'not hibernated: .* gave no reason; the snapshot on .*disk, complete as it was, is given up' hibernate "${settings[@]}"
state_is 'the snapshot is not resumed while its kernel runs on' empty
fresh_device
errno='reboot=22' PRELOAD_KEXEC_LEAVES='' refused_after "$did_all" 'the jump is refused' 'the jump was refused' \
	hibernate "${settings[@]}"
errno='kexec_load=1' refused_after "$loads" 'loading is refused' 'cannot load the kernel that saves this one: kexec_load refused' \
	hibernate "${settings[@]}"
echo 1 >"$machine/proc/sys/kernel/kexec_load_disabled"
# Who is not root has another reason.
[ "$(id -u)" -ne 0 ] || errno='kexec_load=1' refused_after "$loads" 'loading is switched off' 'kernel.kexec_load_disabled is 1' \
	hibernate "${settings[@]}"
rm "$machine/proc/sys/kernel/kexec_load_disabled"
printf "%s\n" "device=$device" prepare=no >"$work/hand.conf"
refused 'a configuration written by hand, without a kernel' 'no kernel is configured: .*setup.* writes one down' \
	hibernate --config="$work/hand.conf" --initrd="$initrd"
refused 'no kernel to save with' 'cannot load the kernel that saves this one: .*none' hibernate "${settings[@]}" --kernel="$work/none"
# What its free pages must contain goes into the note, and to $noted: 0 anything, 1 zeros. Most kernels say what they were built with.
noted_free_pages() {
	truncate -s 1G "$work/ram"
	PRELOAD_KEXEC_MEMORY=$work/ram kexec hibernate "${settings[@]}"
	# The headers of B's /proc/vmcore are the last segment of the load.
	headers=$(sed -n 's/^ *segment \(0x[0-9a-f]*\)+0x18000 .*/\1/p' <<<"$calls" | head -n 1)
	noted=$(perl -e 'open(my $ram, "<", shift) or die; seek($ram, hex(shift), 0); read($ram, my $part, 0x18000);
		my $at = index($part, "KJUMP\0"); die if $at < 0;
		print unpack("V", substr($part, $at + 8 + 72, 4))' "$work/ram" "$headers")
	rm "$work/ram"
}
the_other_leaves "$other"
noted_free_pages
[ "$noted" = 0 ]
ok $? 'free pages may contain anything'
balloon=$machine/sys/bus/virtio/drivers/virtio_balloon
mkdir -p "$balloon/virtio2"
touch "$balloon/unbind" "$balloon/bind"
truncate -s 1G "$work/ram"
PRELOAD_KEXEC_MEMORY=$work/ram kexec hibernate "${settings[@]}"
grep -aq 'go_to_hibernate.* module_blacklist=[^ ]*virtio_balloon.*initcall_blacklist=[^ ]*virtio_balloon_driver_init' "$work/ram"
ok $? 'with a balloon by virtio B is to leave it alone'
rm -r "$work/ram" "$balloon"
if grep -q 'define HAVE_ZLIB' "$builddir/config.h"; then
	echo CONFIG_INIT_ON_FREE_DEFAULT_ON=y | gzip >"$machine/proc/config.gz"
	noted_free_pages
	[ "$noted" = 1 ]
	ok $? 'where the kernel is built so, they must contain zeros'
	rm "$machine/proc/config.gz"
fi
cp "$machine/proc/cmdline" "$work/cmdline"
echo 'quiet noresume' >"$machine/proc/cmdline"
refused 'the next boot would give the snapshot up' 'noresume is on this kernel.s command line.*--force' hibernate "${settings[@]}"
fresh_device
the_other_leaves "$other"
does 'that can be insisted on' "$loads" hibernate --force "${settings[@]}"

# ---- what forbids to save ----
cp "$work/cmdline" "$machine/proc/cmdline"
fresh_device
mkdir -p "$machine/sys/power" "$machine/proc/77" "$machine/sys/kernel/security"
echo '[disabled]' >"$machine/sys/power/disk"
refused 'the kernel says no to its own hibernation' 'hibernation disabled.*CXL memory' hibernate "${settings[@]}"
echo '7f10-7f11 rw-s 00000000 00:0f 1234       /secretmem (deleted)' >"$machine/proc/77/maps"
echo gpg-agent >"$machine/proc/77/comm"
for force in '' --force; do
	# shellcheck disable=SC2086 # none, or one word
	refused "a program has a memfd_secret: hibernate $force" 'gpg-agent \(process 77\) has memory that must never be on a disk' \
		hibernate $force "${settings[@]}"
done
mv "$machine/sys/power/disk" "$work/disabled"
export PRELOAD_MACHINE_SYNC="$work/disabled $machine/sys/power/disk"
refused_after "$loads"$'\nsync\nkexec_load entry=0x0 segments=0[^\n]*' 'it asked for that while the saver was loaded: there is no jump' \
	'gpg-agent \(process 77\)' hibernate "${settings[@]}"
unset PRELOAD_MACHINE_SYNC
rm -r "$machine/proc/77"
echo 'quiet nohibernate' >"$machine/proc/cmdline"
refused 'nohibernate' 'nohibernate is on this kernel.s command line.*--force' hibernate "${settings[@]}"
state_is 'nothing is written' empty
the_other_leaves "$other"
does 'nohibernate can be overridden' "$loads" hibernate --force "${settings[@]}"
fresh_device
does 'setup with nohibernate' "$loads" setup "${settings[@]}"
said 'warns of it' 'WARNING: "khibernate hibernate" will be refused: nohibernate is on'
# suspend-then-hibernate, with nobody there. What suspends waits until somebody reads.
mkdir -p "$machine/run/systemd/sleep.conf.d"
printf '[Sleep]\nHibernateDelaySec=1s\n' >"$machine/run/systemd/sleep.conf.d/delay.conf"
mkfifo "$machine/sys/power/state"
(
	sleep 2
	cat "$machine/sys/power/state"
	cat "$machine/sys/power/state"
) >"$work/suspended" &
reader=$!
kexec hibernate --sleep=suspend-then-hibernate "${settings[@]}"
# One of them may read both.
twice() {
	[ "$(tr -d '\n' <"$work/suspended")" = memmem ]
}
for _ in {1..50}; do
	! twice || break
	sleep 0.1
done
if [[ $errors == *'cannot set a clock that wakes the machine'* ]]; then
	ok 0 '# SKIP no clock that wakes the machine'
else
	[ "$status" -eq 1 ] && [[ $errors == *'nohibernate is on'*'suspending again'* ]] && twice
	ok $? 'a machine that does not hibernate when its time is over suspends again' || show
fi
kill "$reader" 2>/dev/null
rm -r "$machine/sys/power/state" "$machine/run/systemd"
rm "$machine/sys/power/disk"
cp "$work/cmdline" "$machine/proc/cmdline"
echo 'none [integrity] confidentiality' >"$machine/sys/kernel/security/lockdown"
refused 'lockdown' 'khibernate: the kernel is locked down' hibernate --force "${settings[@]}"
rm "$machine/sys/kernel/security/lockdown"
echo 'quiet noresume' >"$machine/proc/cmdline"

# ---- what comes into use meanwhile ----
cp "$work/cmdline" "$machine/proc/cmdline"
fresh_device
if grep -q 'define HAVE_BLKID' "$builddir/config.h"; then
	truncate -s 4M "$work/dev/late"
	perl -e 'open(my $disk, "+<", shift) or die; seek($disk, 1024, 0); print $disk pack("V3", 1, 511, 0);
		seek($disk, 4086, 0); print $disk "SWAPSPACE2"' "$work/dev/late"
	# The kernel's name of it, with ! for /, leads there.
	late=shm!..!..${work//\//!}!dev!late
	mkdir "$work/late.block"
	export PRELOAD_MACHINE_SYNC="$work/late.block $machine/sys/class/block/$late"
	PRELOAD_BLOCK_USED=/dev/shm/../..$work/dev/late does 'what comes into use during the sync' \
		"$loads"$'\nsync\n'"$loads"$'\nsync\nreboot 0x45584543\nkexec_load entry=0x0' hibernate "${settings[@]}"
	said 'is on the list of what is used, which is loaded again' "^resumed from snapshot 3 on"
	unset PRELOAD_MACHINE_SYNC
	rm -r "$machine/sys/class/block/$late" "$work/dev/late"
fi

cp "$work/cmdline" "$machine/proc/cmdline"
fresh_device
export PRELOAD_MACHINE_SYNC="$machine/sys/class/block $work/block"
refused_after "$loads"$'\nsync\nkexec_load entry=0x0 segments=0[^\n]*' \
	'what is in use cannot be listed behind the sync: the saver is unloaded' 'cannot list the disks' hibernate "${settings[@]}"
unset PRELOAD_MACHINE_SYNC
mv "$work/block" "$machine/sys/class/block"

# ---- a disk that the saving kernel did not find ----
cp "$work/cmdline" "$machine/proc/cmdline"
fresh_device
perl -e 'my $texts = "ext4\0uuid-1\0photos\0/dev/sdz1\0\0"; $texts .= "\0" while (length($texts) + 40) % 8;
	print pack("V4", 3, 16, 1, 0), pack("V2Q<a16V2", 40 + length($texts), 40, 1 << 30, "", 0, 0), $texts' >"$work/used"
if grep -q 'define HAVE_BLKID' "$builddir/config.h"; then
	PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --used="$work/used" --from="$work/core" "$device" 2>/dev/null
	does 'status of a snapshot of which a disk was not watched' '$' status "${settings[@]}"
	said 'names it' $'\nnot watched ext4 "photos" on /dev/sdz1$'
	mv "$device" "$work/late"
	becomes_used "$work/late"
	fresh_device
	the_other_leaves "$work/late"
	does 'a kernel that was resumed from it' "$loads" hibernate "${settings[@]}"
	said 'learns of it' $'^resumed from snapshot 3 on [^\n]*\nNOT WATCHED in between[^\n]* ext4 "photos" on /dev/sdz1\\. If'
	does 'status' '$' status "${settings[@]}"
	said 'still names it' $'state +used[^\n]*\n.*\nnot watched ext4 "photos" on /dev/sdz1$'
	the_other_leaves "$other"
fi
echo 'quiet noresume' >"$machine/proc/cmdline"

# ---- setup ----
chmod 777 "$work"
fresh_device
umask 000
setup_done=$loads$'\nkexec_load entry=0x0 segments=0[^\n]*'
# setup_refused NAME PATTERN ARGUMENTS...: with what it found out before on stdout, and no configuration.
setup_refused() {
	local name=$1 pattern=$2
	shift 2
	rm -f "$conf"
	kexec setup "${settings[@]}" "$@"
	[ "$status" -eq 1 ] && [[ $errors =~ ^khibernate:\ .*$pattern ]] && [[ $errors != *$'\n'* ]] && [ ! -e "$conf" ]
	ok $? "$name" || show
}
save "$device"
setup_refused 'setup where a snapshot was not resumed' 'disk holds a snapshot that was not restored yet; --overwrite takes it'
state_is 'it is as it was' committed
setup_refused 'keep=yes in a file' 'keep=yes: .*image is a file, .*name a partition of its own' --keep=yes \
	--device="$work/image"
does 'setup' "$setup_done\$" setup --overwrite "${settings[@]}"
state_is 'the device is an empty snapshot, and no program was started for it' empty
said 'warns of noresume' 'WARNING: noresume is on this kernel.s command line'
said 'says where the configuration is' "written: $conf"
grep -qx "device=$device" "$conf"
ok $? 'the configuration names the device'
umask 022
[ "$(stat -c %a "$conf")" = 644 ]
ok $? 'everybody may read it, and only root write it, whatever the umask'
if grep -q 'define HAVE_ZLIB' "$builddir/config.h"; then
	# kernel_has NAMES...: the running kernel's options.
	kernel_has() {
		printf 'CONFIG_%s=y\n' KEXEC KEXEC_JUMP PROC_KCORE CRASH_DUMP PROC_VMCORE "$@" | gzip >"$machine/proc/config.gz"
	}
	kernel_has DEVMEM
	setup_refused 'setup in a kernel that cannot place a snapshot' 'is built without CONFIG_PROC_PAGE_MONITOR'
	printf 'CONFIG_%s=y\n' KEXEC PROC_KCORE CRASH_DUMP PROC_VMCORE PROC_PAGE_MONITOR | gzip >"$machine/proc/config.gz"
	setup_refused 'setup in a kernel without kexec jump' \
		'is built without CONFIG_KEXEC_JUMP; kernel-with-jump\(8\) makes packages .*Ubuntu.* Fedora'
	refused 'which it says before it asks for a device' 'is built without CONFIG_KEXEC_JUMP' setup --config="$work/none"
	does 'status in such a kernel' '$' status --config="$work/near.conf"
	said 'names what is missing' 'kernel +this kernel, .*, is built without CONFIG_KEXEC_JUMP; kernel-with-jump\(8\)'
	kernel_has PROC_PAGE_MONITOR
	does 'status in a kernel that has it' '$' status --config="$work/near.conf"
	[[ $output != *kernel-with-jump* ]]
	ok $? 'says nothing of it' || show
	does 'setup in a kernel without /dev/mem' "$setup_done\$" setup "${settings[@]}"
	said 'warns of large snapshots' 'WARNING: without CONFIG_DEVMEM a snapshot too large'
	does 'which are not resumed without a fallback, either' "$setup_done\$" setup "${settings[@]}" --fallback=none
	[[ $output != *DEVMEM* ]] && grep -qx fallback=none "$conf"
	ok $? 'so there is no warning then' || show
	rm "$machine/proc/config.gz"
fi
ln -s disk "$work/dev/link"
does 'setup by a link, which an initramfs does not have' "$loads" setup "${settings[@]}" --device="$work/dev/link"
said 'says by what name it is known' "$work/dev/link is noted as $device"
said 'and that another disk may get this name' "WARNING: a boot finds the place on $device by this name only"
grep -qx "device=$device" "$conf"
ok $? 'the configuration names what it leads to'
cp "$work/cmdline" "$machine/proc/cmdline"
cd "$work/dev" || exit
does 'setup by a name that means something in this folder only' "$loads" setup "${settings[@]}" --device=disk
said 'says by what name it is known' "disk is noted as $device"
grep -qx "device=$device" "$conf"
ok $? 'the configuration names what it means'
cd "$work" || exit
# A swap area with a UUID, which libblkid finds in its list of devices, if root asks.
if grep -q 'define HAVE_BLKID' "$builddir/config.h" && [ "$(id -u)" -eq 0 ]; then
	truncate -s 4M "$work/dev/swap"
	uuid=11111111-1111-1111-1111-111111111111
	printf '<device DEVNO="0x%x" TIME="1.0" UUID="%s" LABEL="spare" TYPE="swap">%s</device>\n' \
		$((259 << 8)) "$uuid" "$work/dev/swap" >"$work/blkid.tab"
	export BLKID_FILE=$work/blkid.tab
	for tag in "UUID=$uuid" LABEL=spare; do
		perl -e 'open(my $disk, "+<", shift) or die; seek($disk, 1024, 0);
			print $disk pack("V3a16a16", 1, 1023, 0, "\x11" x 16, "spare"); seek($disk, 4086, 0); print $disk "SWAPSPACE2"' \
			"$work/dev/swap"
		before=$(md5sum "$work/dev/swap")
		does "setup by ${tag%%=*}= of what is swap" "$loads" setup "${settings[@]}" --device="$tag"
		said 'says that it stays swap' "the swap area $work/dev/swap is noted as .*@0; it is swapped off while"
		[ "$(md5sum "$work/dev/swap")" = "$before" ] && grep -q '^device=.*@0$' "$conf"
		ok $? 'nothing in it is changed'
		does "status of it" '$' status "${settings[@]}" --device="$tag@0"
		said 'there is no snapshot' $'\nstate +swap: there is no snapshot'
		does "setup by ${tag%%=*}=, which is lost when the device is made a snapshot" "$loads" setup "${settings[@]}" \
			--device="$tag" --overwrite
		said 'says by what name it is known' "$tag is noted as $work/dev/swap"
		grep -qx "device=$work/dev/swap" "$conf"
		ok $? 'the configuration names what has it'
	done
	refused 'a UUID that nothing has' 'no block device has UUID=1-2.*a khimage has neither UUID nor LABEL.*PARTUUID=' \
		status --device=UUID=1-2
fi

# ---- resume ----
# Its kernel is put into the snapshot's window, as the snapshot's own note tells it.
save "$device"
for where in mounts swaps; do
	case $where in
	mounts) printf '/dev/sda1 / ext4 rw 0 0\n' >"$machine/proc/self/mounts" ;;
	swaps)
		printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
		printf 'Filename\tType\tSize\tUsed\tPriority\n/dev/sda2\tpartition\t1\t0\t-2\n' >"$machine/proc/swaps"
		;;
	esac
	refused "what A may have in use is in use: $where" '/dev/sda[12]( on /)? is (mounted|used as swap)\. If the saved system' \
		resume "${settings[@]}"
done
rm "$machine/proc/swaps"
mkdir "$machine/proc/77"
for mount in 'tank/home /home zfs rw 0 0' 'overlay /merged overlay rw 0 0' 'server:/home /home nfs4 rw 0 0'; do
	echo "$mount" >"$machine/proc/77/mounts"
	refused "a mount whose source is no device, in another program's namespace: ${mount%% *}" \
		"${mount%% *} on /[a-z]* is mounted\. If the saved system" resume "${settings[@]}"
done
rm -r "$machine/proc/77"
held=$work/dev/held
truncate -s 4M "$held"
name=shm/../..$held
mkdir -p "$machine/sys/class/block/${name//\//!}"
PRELOAD_BLOCK_USED=/dev/$name refused 'a disk that a RAID holds, or that is mounted where it cannot be seen' \
	"held is in use: by RAID, LVM" resume "${settings[@]}"
rm -r "$machine/sys/class/block/${name//\//!}" "$held"
state_is 'the snapshot still waits' committed

# In a boot.
does 'a boot that has no device configured' '$' resume --boot --config="$work/none.conf"
does 'a boot that finds no snapshot' '$' resume --boot "${settings[@]}" --device="$work/dev/nothing"
unset PRELOAD_KEXEC_LEAVES
export PRELOAD_KEXEC_GONE=77
for number in 1 2 3; do
	kexec "${boot[@]}"
	[ "$status" -eq 77 ] && [[ $calls =~ ^$restores ]]
	ok $? "boot $number starts the kernel that restores" || show
	state_is "as the snapshot is: $number" committed
done
does 'status' '$' status "${settings[@]}"
said 'tells that, too' 'attempts +3 times its restore was begun'
does 'a kernel that never comes to its end does not keep the machine from booting' '$' "${boot[@]}"
said 'the snapshot is given up' 'is given up: it was to be restored three times'
state_is 'for good' empty
unset PRELOAD_KEXEC_GONE

save "$device"
does 'a boot, with no kernel configured' '$' resume --boot --config="$work/hand.conf" --initrd="$initrd"
said 'the snapshot is given up, with that reason' 'is given up: .*no kernel is configured'
save "$device"
does 'a kernel that cannot be loaded' '$' "${boot[@]}" --kernel="$work/none"
said 'the snapshot is given up, as the boot continues' "the snapshot on $device is given up: this kernel cannot restore it.* Nor can another one be started for it: there is no $work/none"
state_is 'there is none then' empty
save "$device"
echo 'quiet noresume' >"$machine/proc/cmdline"
does 'noresume' '$' "${boot[@]}"
said 'gives it up' "the snapshot on $device is given up: noresume is on the command line"
for words in quiet 'quiet noresume'; do
	save "$device"
	damage_notes "$device"
	echo "$words" >"$machine/proc/cmdline"
	does "a snapshot whose notes are damaged: $words" '$' "${boot[@]}"
	said 'is given up before anything is mounted' "the snapshot on $device is given up: .*(notes are damaged|noresume)"
	state_is 'there is none then' empty
done
save "$device"
guard=$guard:$builddir/tests/tools/bin/preload_disk.so PRELOAD_DISK=$device PRELOAD_DISK_BAD=0,4096 \
	refused 'superblocks that cannot be read: nothing can be said, but why' "cannot read the superblocks of $device: Input" "${boot[@]}"
state_is 'and nothing is done' committed
echo "quiet khdev=$device" >"$machine/proc/cmdline"
save "$device"
does 'khdev= names the device, too' "$restores" resume --boot --config="$work/none.conf" --kernel="$kernel" --initrd="$initrd"
state_is 'and a kernel that came back did not restore it' empty

# ---- snapshots on other disks ----
# The kernel's name of a disk leads to a file: '!' stands for '/'.
cp "$work/committed" "$work/dev/second"
damage_notes "$work/dev/second"
name=shm/../..$work/dev/second
mkdir -p "$machine/sys/class/block/${name//\//!}"
cp "$other" "$device"
KEXEC=$sbin/kdump
"$sbin/kdump" --discard "$device" && "$sbin/kdump" --init "$work/dev/third"
kexec --format=khimage --from="$work/core" "$work/dev/third"
"$sbin/kjump_back_param" "$work/dev/third" | grep -qx 'KJUMP_GENERATION *4'
ok $? 'a snapshot has a higher number than those of the same boot on other disks, even if their notes are damaged' ||
	"$sbin/kjump_back_param" "$work/dev/third"
# numbered NAME WANTED [GENERATION [BOOT]]: the number of a first snapshot on a new device, beside an empty khimage
numbered() {
	local name=$1 wanted=$2
	shift 2
	[ $# -eq 0 ] || "$builddir/tests/tools/bin/mkempty" "$work/dev/second" "$@"
	rm -f "$work/dev/third"
	"$sbin/kdump" --init "$work/dev/third"
	kexec --format=khimage --from="$work/core" "$work/dev/third"
	"$sbin/kjump_back_param" "$work/dev/third" | grep -qx "KJUMP_GENERATION *$wanted"
	ok $? "$name" || show
}
numbered 'one that was given up counts, too' 51 50 1
numbered 'what another computer has does not' 1 50 2
numbered 'nor does an empty one of a time when that could not be told' 1 50
numbered 'the highest number of another computer is no bound' 1 0xffffffffffffffff 2
"$builddir/tests/tools/bin/mkempty" "$work/dev/second" 0xffffffffffffffff 1
refused 'a number higher than the highest is not made 0' 'highest number that a snapshot can have.*kdump --init that one' \
	--format=khimage --from="$work/core" "$work/dev/third"
"$sbin/kjump_back_param" "$work/dev/third" | grep -qx 'KJUMP_STATE *committed'
ok $? 'and what is there is left alone'
rm "$work/dev/second"
"$builddir/tests/tools/bin/mkempty" "$work/dev/third" 0xffffffffffffffff 2
refused 'nor on the device itself' 'third has the highest number .*; kdump --init makes it count from 1 again' \
	--format=khimage --from="$work/core" "$work/dev/third"
"$sbin/kdump" --init "$work/dev/third"
kexec --format=khimage --from="$work/core" "$work/dev/third"
"$sbin/kjump_back_param" "$work/dev/third" | grep -qx 'KJUMP_GENERATION *1'
ok $? 'until it is formatted' || show
finish
