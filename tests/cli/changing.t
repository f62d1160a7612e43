#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files that become shorter or longer while they are read.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
preload=$builddir/tests/tools/bin/preload_resize.so
guard=$guard:$preload
jump=(--load-preserve-context --mem-max=0xaffffff)
size=$(stat -c %s "$kernel")

# resized FILE BYTES: a copy of it, $file, which is changed while the program reads it.
resized() {
	file=$work/file
	cp "$1" "$file"
	export PRELOAD_RESIZE=$file PRELOAD_RESIZE_TO=$2
}

gone() { # gone NAME BYTE ARGUMENTS...: of $file
	refused "$1" "^kexec: \"$file\" became shorter while it was read.* byte $2 is no longer there. Nothing was loaded\$" \
		"${@:3}"
}

changed() { # changed NAME WHAT BYTES NOW ARGUMENTS...: of $file
	refused "$1" "^kexec: $2 \"$file\" was changed while it was read \\(it had $3 bytes and has $4 now\\)" "${@:5}"
}

for load in '-l -c' '-l -c -d' '--dry-run -l' '--load-preserve-context' '-f -c'; do
	# shellcheck disable=SC2206 # several words
	load=($load)
	resized "$kernel" 40960
	gone "${load[*]}: a kernel becomes shorter" 40960 "${load[@]}" "$file"
	resized "$initrd" 4096
	gone "${load[*]}: an initrd becomes shorter" 4096 "${load[@]}" "$kernel" --initrd="$file"
done
resized "$kernel" 0
gone 'a kernel becomes empty' 0 "${jump[@]}" "$file"
resized "$initrd" 8192
gone 'the second of two initrds becomes shorter' 8192 -l -c "$kernel" --initrd="$initrd" --initrd="$file"
resized "$initrd" 8192
gone 'the first of two' 8192 -l -c "$kernel" --initrd="$file" --initrd="$initrd"
resized "$initrd" 8192
gone 'a module becomes shorter' 8192 -l "$machine/boot/multiboot1" --module="$file words"
if cat "$kernel" "$initrd" | gzip -c >"$work/kernel.gz" 2>/dev/null &&
	"$KEXEC" --dry-run -l --root="$machine" "$work/kernel.gz" >/dev/null 2>&1; then
	resized "$work/kernel.gz" 16384
	# The library decides which byte is missed first: it copies blocks, and some copies begin at the end.
	gone "a compressed kernel becomes shorter" '[0-9]+' -l -c "$file"
fi

# Within a page zeros take the place of what was cut off; what is appended is not seen at all.
resized "$initrd" 29999
changed 'a byte less' initrd 30000 29999 -l -c "$kernel" --initrd="$file"
resized "$initrd" 30001
changed 'a byte more' initrd 30000 30001 "${jump[@]}" "$kernel" --initrd="$file"
resized "$initrd" 1000000
changed 'an initrd that is still being written' initrd 30000 1000000 -l -c "$kernel" --initrd="$file"
resized "$initrd" 29999
changed 'the second of two' initrd 30000 29999 -l -c "$kernel" --initrd="$initrd" --initrd="$file"
resized "$initrd" 29999
changed 'a module' module 30000 29999 -l "$machine/boot/multiboot1" --module="$file"
resized "$kernel" $((size + 1))
changed 'a kernel' 'kernel image' "$size" $((size + 1)) -l -c "$file"
# Nothing of it is read for a digest, and the kernel has not read it yet.
resized "$initrd" 4096
changed 'without the integrity check, too' initrd 30000 4096 -l -c -i "$kernel" --initrd="$file"

if [ -n "$has_file_load" ]; then
	resized "$machine/boot/uki" 4096
	refused 'a UKI for kexec_file_load' "became shorter while it was read" -l "$file"
fi
export PRELOAD_RESIZE=
does 'an unchanged file is loaded' "$ordinary" -l "$kernel" --initrd="$initrd"

# Saved memory is read, not mapped.
cd "$work" || exit
"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
whole=$(stat -c %s core)
resize_run() { # resize_run NAME PATTERN BYTES FILE COMMAND...
	cp core snapshot
	PRELOAD_RESIZE=$4 PRELOAD_RESIZE_TO=$3 LD_PRELOAD=$preload ASAN_OPTIONS=verify_asan_link_order=0 "${@:5}" \
		>/dev/null 2>errors
	status=$?
	slurp errors errors
	[ "$status" -eq 1 ] && [[ $errors =~ $2 ]] && [[ $errors != *$'\n'* ]]
	ok $? "$1" || diag "status $status: $errors"
}
truncate -s 64M memory
resize_run 'kdump: the core becomes shorter' 'snapshot is cut off: it ends before offset' $((whole / 2)) snapshot \
	"$builddir/sbin/kdump" --from=snapshot out
resize_run 'krestore: the snapshot becomes shorter' '(ends before offset|is cut off)' $((whole / 2)) snapshot \
	"$builddir/sbin/krestore" --memory=memory snapshot
finish
