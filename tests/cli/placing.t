#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# krestore --method=place on a described machine: what it puts where, and what the placing program then does, makes the
# memory that was saved; it reads a snapshot once; it refuses a damaged one, with nothing loaded and nothing marked.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"
# shellcheck source=tests/lib/placing.sh
. "$srcdir/tests/lib/placing.sh"
placing_or_skip

pages=5000 mebibytes=64
"$tools/mkcore" core "$pages" 1 wanted || exit
placing_machine machine "$mebibytes" || exit

# places SNAPSHOT: by placement, on the described machine; the results are as of run.
places() {
	rm -f machine.memory machine.loaded
	truncate -s "${mebibytes}M" machine.memory machine.loaded
	run placing machine "$sbin/krestore" --method=place --force "$1"
	if [ ! -e machine.mark ]; then
		echo "Bail out! krestore ran without a guard"
		exit 1
	fi
	slurp calls machine.log
}

restored() { # restored NAME SNAPSHOT
	places "$2"
	ok "$status" "$1: krestore places it" || diag "$errors"
	"$tools/runplace" machine.memory machine.loaded machine.log 2>errors &&
		cmp -i 1M:1M -n $((pages * 2 * 4096)) wanted machine.memory >>errors 2>&1
	ok $? "$1: memory is as it was saved" || diag "$(cat errors)"
}

# refuses NAME PATTERN SNAPSHOT: nothing is loaded when it ends, and the snapshot is as it was.
refuses() {
	local before=
	before=$(head -c 8192 "$3" | md5sum)
	places "$3"
	[ "$status" -eq 1 ] && [[ ${errors##*$'\n'} =~ $2 ]] && [[ $calls != *reboot* ]] &&
		{ [ -z "$calls" ] || [[ $calls == *"segments=0 "* ]]; } && [ "$(head -c 8192 "$3" | md5sum)" = "$before" ]
	ok $? "$1" || diag "status $status: $errors: $calls"
}

restored "an ELF core" core
for compression in none lz4 zstd; do
	"$sbin/kdump" --format=khimage --compress="$compression" --exclude=zero --from=core "$compression" 2>errors || {
		grep -q 'this build knows no' errors
		ok $? "$compression is not built in"
		continue
	}
	cp "$compression" used
	restored "khimage, $compression" used
	[ "$(shell_value KJUMP_STATE used)" = used ]
	ok $? "khimage, $compression: it is marked as used"
done

# Chunks with repeated words, and the plain ones behind them, begin anywhere.
"$sbin/kdump" --format=khimage --from=core words 2>/dev/null
restored "khimage with repeated words" words

# What the control group of the process permits is less than what is available.
mkdir -p machine/proc/self machine/sys/fs/cgroup/small
echo 0::/small >machine/proc/self/cgroup
echo 67108864 >machine/sys/fs/cgroup/small/memory.max
echo 66060288 >machine/sys/fs/cgroup/small/memory.current
refuses "a control group with a limit" "no memory can be had beside .*, by the memory limit of its control group" core
rm -r machine/proc/self/cgroup machine/sys/fs/cgroup

# The disk: it fails, reads less than it was asked for, cannot be read past the page cache.
cp none snapshot
size=$(stat -c %s snapshot)
preload_first=$tools/preload_disk.so
export PRELOAD_DISK=$work/snapshot PRELOAD_DISK_LOG=/dev/null
export PRELOAD_DISK_BAD=$((size / 2))
refuses "a disk that fails" "guard \"content\": cannot read .* of snapshot: Input/output error" snapshot
PRELOAD_DISK_BAD_READS=3 refuses "a disk that fails three times" "guard \"content\": cannot read .*" snapshot
PRELOAD_DISK_BAD_READS=2 restored "a disk that fails twice" snapshot
unset PRELOAD_DISK_BAD
for PRELOAD_DISK_SHORT in 1000 8192; do
	export PRELOAD_DISK_SHORT
	cp none snapshot
	restored "a disk that reads $PRELOAD_DISK_SHORT bytes at once" snapshot
done
unset PRELOAD_DISK_SHORT
cp none snapshot
PRELOAD_DISK_CACHED=1 restored "a disk that is not read past the cache" snapshot
preload_first=

# Damage, at the beginning, and at the end.
damaged() { # damaged NAME SNAPSHOT
	local offset size
	size=$(stat -c %s "$2")
	for offset in 80000 $((size - 5000)); do
		cp "$2" snapshot
		printf '\x55' | dd of=snapshot bs=1 seek=$offset conv=notrunc status=none
		refuses "$1: a wrong byte at $offset" "guard \"content\": snapshot, offset .* a chunk is damaged" snapshot
	done
	cp "$2" snapshot
	truncate -s $((size - 5000)) snapshot
	refuses "$1: cut off" "guard \"content\": snapshot is cut off: it ends before" snapshot
}
damaged "none" none
[ ! -e lz4 ] || damaged "lz4" lz4
cp core snapshot
truncate -s $(($(stat -c %s core) - 5000)) snapshot
refuses "an ELF core that is cut off" "cut off" snapshot

# The second read of a page's address is that after the load, the third one that behind the mark.
cp none snapshot
export PRELOAD_PAGEMAP_MOVED=2
refuses "the kernel moved a page" "the kernel moved a page of this process from .* to" snapshot
cp none snapshot
PRELOAD_PAGEMAP_MOVED=3
places snapshot
[ "$status" -eq 1 ] && [[ $errors =~ 'the kernel moved a page'.*'the snapshot is as it was' ]] && [[ $calls != *reboot* ]] &&
	[[ $calls == *"segments=0 "* ]] && [ "$(shell_value KJUMP_STATE snapshot)" = committed ]
ok $? "it moved one when the snapshot was marked: the mark is taken back, and nothing is loaded" ||
	diag "status $status: $errors: $calls"
unset PRELOAD_PAGEMAP_MOVED

# A page that was put to its place, and that the kernel moves behind the last comparison of addresses.
change_a_page() {
	local at
	# The program has the highest memory, and the snapshot reaches up to 40 MiB; each second page has zeros.
	for ((at = 0x2204ffe; at < 0x2214ffe; at += 8192)); do
		printf '\x5a\xa5' | dd of=machine.memory bs=1 seek="$at" conv=notrunc status=none
	done
	"$tools/runplace" machine.memory machine.loaded machine.log 2>errors
}
cp none snapshot
places snapshot
change_a_page
ok $? "what is in its place is not compared by the placing program" || diag "$(cat errors)"
export PRELOAD_PAGEMAP_CMA=1
cp none snapshot
restored "a kernel that may move pages at any time" snapshot
cp none snapshot
places snapshot
! change_a_page && grep -q 'not what was read' errors
ok $? "what is in its place is compared, too, where the kernel may move it" || diag "$(cat errors)"
unset PRELOAD_PAGEMAP_CMA

# The page of the process that waits for the jump (kexec/place/owner_page.h) is elsewhere: preload_pagemap.so says where.
cp none snapshot
places snapshot
printf '\0\0\0\100' | dd of=machine.memory bs=1 seek=4096 conv=notrunc status=none
! "$tools/runplace" machine.memory machine.loaded machine.log 2>errors && grep -q 'not what was read' errors
ok $? "what is left by a process that was killed is refused" || diag "$(cat errors)"
cp none snapshot

read_bytes() { # read_bytes VARIABLE: what this shell and the programs that it waited for have read
	local key value
	while read -r key value; do
		[ "$key" != rchar: ] || printf -v "$1" '%s' "$value"
	done <"/proc/$$/io"
}

# The index is read three times, and each program reads its libraries.
begin=0 end=0
sync snapshot
dd if=snapshot iflag=nocache count=0 status=none
read_bytes begin
places snapshot
read_bytes end
[ "$status" -eq 0 ] && ((end - begin < size + size / 16))
ok $? "a snapshot is read once" || diag "$((end - begin)) bytes, of a snapshot of $size: $errors"
cached=$(fincore -nb -o RES snapshot 2>/dev/null) || cached=0
[ "$(stat -f -c %T .)" = tmpfs ] || ((cached < size / 16))
ok $? "it is not left in the page cache" || diag "$cached bytes are"
finish
