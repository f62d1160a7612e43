#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A snapshot in parts of a device, DEVICE@OFFSET: the blocks of a file, and a swap area behind its header. Not a byte
# outside of them is written, and no damaged or forged list of parts is followed.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

mkparts=$builddir/tests/tools/bin/mkparts
mib=$((1024 * 1024))
# Three parts, the first not the lowest; the first two bytes of the map's block are those of the device at 12 MiB.
parts=($((12 * mib)):$((64 * 1024)) $((2 * mib + 4096)):$((5 * mib)) $((20 * mib)):$((6 * mib + 4096)))
name=device@$((12 * mib))

"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
fresh_memory
"$sbin/krestore" --memory=memory core 2>/dev/null || exit
mv memory wanted
head -c $((32 * mib)) /dev/urandom >device
cp device original

# Only the parts differ from the original.
untouched() { # untouched NAME
	local part at=0 same=0
	for part in $(printf '%s\n' "${parts[@]}" | sort -n); do
		cmp -s -i "$at" -n $((${part%:*} - at)) device original || same=1
		at=$((${part%:*} + ${part#*:}))
	done
	cmp -s -i "$at" device original || same=1
	ok "$same" "$1: all around the parts is as it was"
}

state() { # state WANTED NAME
	[ "$(shell_value KJUMP_STATE "$name")" = "$1" ]
	ok $? "$2" || diag "$(shell_value KJUMP_STATE "$name")"
}

refused "there is none yet" "no snapshot's place at $name" "$sbin/krestore" --memory=memory "$name"
run "$sbin/kjump_back_param" --shell "$name"
[[ $output$errors != *committed* ]]
ok $? "nor a state"
[ "$("$mkparts" device "${parts[@]}")" = "$name" ]
ok $? "the parts are made an empty khimage"
untouched "made"
state empty "it is empty"
methods=(none)
for method in lz4 zstd; do
	! grep -q "define HAVE_${method^^} " "$builddir/config.h" || methods+=("$method")
done
for method in "${methods[@]}"; do
	works "$method: it is saved" "$sbin/kdump" --format=khimage --compress="$method" --exclude=zero --from=core "$name"
	untouched "$method"
	state committed "$method: it is committed"
	fresh_memory
	works "$method: it is restored" "$sbin/krestore" --memory=memory "$name"
	cmp -s memory wanted
	ok $? "$method: memory is as it was saved"
done
works "it is exported" "$sbin/krestore" --export=exported "$name"
fresh_memory
works "the export is restored" "$sbin/krestore" --memory=memory exported
cmp -s memory wanted
ok $? "the same memory"
works "it is given up" "$sbin/kdump" --discard "$name"
state empty "it is empty again"
untouched "given up"
refused "no ELF core lies in parts" 'only a khimage can lie in parts of a device' "$sbin/kdump" --format=elf --from=core "$name"

# ---- too small ----

parts=($((12 * mib)):$((64 * 1024)) $((2 * mib + 4096)):$((3 * mib)))
cp original device
"$mkparts" device "${parts[@]}" >/dev/null
refused "what does not fit is refused at once" 'has 3.0 MiB; the snapshot takes' \
	"$sbin/kdump" --format=khimage --from=core "$name"
# Packed, the size is not known before.
if [[ " ${methods[*]} " == *" lz4 "* ]]; then
	run "$sbin/kdump" --format=khimage --compress=lz4 --from=core "$name"
	[ "$status" -eq 1 ] && [[ $errors == *"$name is full before offset"* ]]
	ok $? "or when it is full" || diag "$errors"
	untouched "too small"
	state writing "there is no snapshot"
fi
[[ $("$mkparts" --swap device $((12 * mib)):4096 $((2 * mib)):$mib 2>&1) == *"lies in 2 pieces, of which the first is too small"* ]]
ok $? "a first piece without room for the list is refused"

# ---- forged and damaged lists ----

works "it is made anew" "$mkparts" device "${parts[@]}"
cp device good
bad=0
for ((at = 12 * mib; at < 12 * mib + 72; at++)); do
	cp good device
	byte=$(od -An -tu1 -j "$at" -N1 device)
	# shellcheck disable=SC2059 # the format is the data
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of=device bs=1 seek="$at" conv=notrunc status=none
	"$sbin/kdump" --discard "$name" 2>/dev/null && bad=$((bad + 1))
done
[ "$bad" -eq 0 ]
ok $? "a list with any byte damaged is not followed" || diag "$bad"
cp good device
dd if=good of=device bs=4096 skip=$((12 * mib / 4096)) seek=$((14 * mib / 4096)) count=4 conv=notrunc status=none
refused "nor is a copy of one elsewhere" 'is a copy: it was made for offset 12582912' "$sbin/kdump" --discard device@$((14 * mib))
truncate -s $((4 * mib)) device
dd if=good of=device bs=4096 skip=$((12 * mib / 4096)) seek=$((12 * mib / 4096)) count=8 conv=notrunc status=none
truncate -s $((12 * mib + 32768)) device
refused "nor one of parts outside of the device" 'overlap, or lie outside of the device' "$sbin/kdump" --discard "$name"
cp original device
refused "nor is one made that overlaps" 'overlap, or lie outside' \
	"$mkparts" device $((12 * mib)):$((64 * 1024)) $((12 * mib + 4096)):$mib

# ---- a swap area ----

signature() { # signature TEXT
	printf '%s' "$1" | dd of=device bs=1 seek=4086 conv=notrunc status=none
}
truncate -s 0 device
truncate -s $((16 * mib)) device
name=device@0
signature SWAPSPACE2
cp device original
[[ $("$mkparts" --swap device 0:$((16 * mib)) 2>&1) == *"no snapshot's place"* ]]
ok $? "a list in a swap area that is one does not count: a program's memory may be there"
signature LINHIB0001
works "it does behind the signature of one that holds a snapshot" "$sbin/kdump" --init --overwrite "$name"
works "it is saved behind the header" "$sbin/kdump" --format=khimage --from=core "$name"
fresh_memory
works "it is restored" "$sbin/krestore" --memory=memory "$name"
cmp -s memory wanted
ok $? "memory is as it was saved"
signature SWAPSPACE2
cmp -s -n 4096 device original
ok $? "the header is as it was"
run "$sbin/kjump_back_param" --shell "$name"
[[ $output$errors != *committed* ]]
ok $? "and no snapshot is found with it"
finish
