#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A snapshot on the mirrors of a RAID1 that is not assembled, DEVICE@OFFSET,DEVICE@OFFSET: each has all of it, and a disk
# that was away for a while does not bring an old snapshot back.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

mkparts=$builddir/tests/tools/bin/mkparts
preload=$builddir/tests/tools/bin/preload_disk.so
mib=$((1024 * 1024))
# The same parts, 1 MiB further on on the second disk.
parts() { # parts SHIFT
	echo "$((4 * mib + $1)):$((64 * 1024)) $((1 * mib + $1)):$((2 * mib)) $((8 * mib + $1)):$((6 * mib))"
}
one=one@$((4 * mib))
two=two@$((5 * mib))
both=$one,$two

"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
fresh_memory
"$sbin/krestore" --memory=memory core 2>/dev/null || exit
mv memory wanted
head -c $((16 * mib)) /dev/urandom >one
{ head -c $mib /dev/urandom && cat one; } >two

state() { # state WANTED NAME TEXT
	[ "$(shell_value KJUMP_STATE "$2")" = "$1" ]
	ok $? "$3" || diag "$(shell_value KJUMP_STATE "$2")"
}
restored() { # restored NAME TEXT
	fresh_memory
	works "$2: it is restored" "$sbin/krestore" --memory=memory "$1"
	cmp -s memory wanted
	ok $? "$2: memory is as it was saved"
}

refused "there is none yet" "no snapshot's place at $two" "$sbin/krestore" --memory=memory "$both"
# shellcheck disable=SC2046 # a list
"$mkparts" one $(parts 0) >/dev/null && "$mkparts" two $(parts $mib) >/dev/null
state empty "$both" "both are made an empty khimage"
refused "a mirror that is not there is missed" "cannot open three for writing" \
	"$sbin/kdump" --format=khimage --from=core "$both,three@0"
works "it is saved" "$sbin/kdump" --format=khimage --exclude=zero --from=core "$both"
for name in "$both" "$one" "$two"; do
	state committed "$name" "committed on $name"
done
cmp -s -i $((1 * mib)):$((2 * mib)) -n $((2 * mib)) one two && cmp -s -i $((8 * mib)):$((9 * mib)) -n $((6 * mib)) one two
ok $? "the disks are the same"
cp one one.saved
cp two two.saved
restored "$both" "both disks"
state used "$one" "the first is marked"
state used "$two" "so is the second"
for name in "$one" "$two"; do
	cp one.saved one
	cp two.saved two
	restored "$name" "$name alone"
done
cp one.saved one
cp two.saved two
works "it is given up" "$sbin/kdump" --discard "$both"
cp one.saved one
state committed "$one" "a disk that was away has an old state"
state empty "$both" "that of the other counts"
state empty "$two,$one" "in any order"
refused "it is not restored" 'there is no snapshot' "$sbin/krestore" --memory=memory "$both"
cp two.saved two
dd if=/dev/zero of=one bs=4096 seek=1024 count=1 conv=notrunc 2>/dev/null
restored "$both" "without the first one's list"
state used "$two" "it is marked"
# failing BAD COMMAND...: these bytes of the first disk cannot be read.
# shellcheck disable=SC2317 # called by its name
failing() {
	LD_PRELOAD=$preload ASAN_OPTIONS=verify_asan_link_order=0 PRELOAD_DISK=one PRELOAD_DISK_LOG=/dev/null \
		PRELOAD_DISK_BAD=$1 "${@:2}"
}
cp one.saved one
cp two.saved two
# Of the list, of the superblocks, of the head, and of the content. A static program reads all.
for bad in $((4 * mib)) $((4 * mib + 4096)),$((4 * mib + 8192)) \
	"$(seq -s, $((4 * mib + 12288)) 4096 $((4 * mib + 65535)))" "$(seq -s, $mib 4096 $((3 * mib - 1)))"; do
	[ -e "$preload" ] || break
	cp one.saved one
	cp two.saved two
	refused "one disk fails to read ${bad%%,*} and more: alone it is not restored" "" \
		failing "$bad" "$sbin/krestore" --memory=memory "$one"
	fresh_memory
	works "with the other it is" failing "$bad" "$sbin/krestore" --memory=memory "$both"
	cmp -s memory wanted
	ok $? "memory is as it was saved"
	state used "$two" "the other disk is marked"
done
damage() { # damage FILE OFFSET
	printf x | dd of="$1" bs=1 seek=$(($2 + 40)) conv=notrunc 2>/dev/null
}
cp two.saved two
cp one.saved one
damage one $((4 * mib))
restored "$both" "the first one's list is damaged"
state used "$two" "the other is marked"
cp two.saved two
cp one.saved one
damage two $((5 * mib))
restored "$both" "the second one's list is damaged"
state used "$one" "the first is marked"
damage one $((4 * mib))
refused "both lists are damaged" "is damaged" "$sbin/krestore" --memory=memory "$both"
dd if=/dev/zero of=two bs=4096 seek=1280 count=1 conv=notrunc 2>/dev/null
refused "one is damaged, one is gone" "is damaged" "$sbin/krestore" --memory=memory "$both"
finish
