#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With little memory: kexec_file_load holds kernel and initrd twice, and kexec_load once.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin small-128m
by_plan='kexec_load entry=0x[0-9a-f]+ segments='
file_load='kexec_file_load initrd=41943040 flags=0x0 cmdline='
initrd=$work/initrd
truncate -s 40M "$initrd"

# has KIB|nothing: the memory available without swapping.
has() {
	echo "MemTotal: 300000 kB" >"$machine/proc/meminfo"
	[ "$1" = nothing ] || echo "MemAvailable: $1 kB" >>"$machine/proc/meminfo"
}

if [ -z "$has_file_load" ]; then
	has 10000
	does 'a 32-bit program has one call only' "$by_plan" -l "$kernel" --initrd="$initrd"
	finish
fi
# 40 MiB twice, the kernel's init_size of 36 MiB, its file of 5632 bytes, and 16 MiB to spare.
has 135174
does 'with memory enough' "$file_load" -a -l "$kernel" --initrd="$initrd"
has 135173
does 'with a KiB too little' "$by_plan" -l "$kernel" --initrd="$initrd"
does 'the same with -a' "$by_plan" -a -l "$kernel" --initrd="$initrd"
kexec -d -l "$kernel" --initrd="$initrd"
[ "$status" -eq 0 ] && [[ $errors == *'kexec_file_load takes 116 MiB of memory, more than this machine has to spare; trying kexec_load'* ]]
ok $? '-d reports it' || show
does '-s is obeyed' "$file_load" -s -l "$kernel" --initrd="$initrd"
does 'without an initrd it is enough' 'kexec_file_load initrd=no ' -l "$kernel"
truncate -s 20M "$work/half"
has 176133
does 'two initrds are joined in memory first' "$by_plan" -l "$kernel" --initrd="$work/half" --initrd="$work/half"
has 176134
does 'with memory for that, too' "$file_load" -l "$kernel" --initrd="$work/half" --initrd="$work/half"
has 1
does 'hardly any memory' "$by_plan" -l "$kernel"
has nothing
does 'a kernel that does not report it' "$file_load" -l "$kernel" --initrd="$initrd"

# Else the kernel would kill programs for it: 36 MiB of the kernel, 40 of the initrd, and some pages.
could_have() {
	printf '%s kB\n' "MemTotal: 300000" "MemFree: 1000" "MemAvailable: 1000" "AnonPages: $1" "Shmem: 10000" \
		"SUnreclaim: 5000" "KernelStack: 1000" "PageTables: 2000" "SwapFree: $2" >"$machine/proc/meminfo"
}
could_have 236000 10000
refused 'more than there is, all files and swap included' '76.0 MiB are to be loaded or kept, and this machine has 54.6 MiB' \
	-l "$kernel" --initrd="$initrd"
could_have 236000 40000
export PRELOAD_KEXEC_SCORE=$work/score
does 'with swap it is enough' "$by_plan" -l "$kernel" --initrd="$initrd"
[ "$(cat "$work/score")" = 1000 ]
ok $? 'the loader is what the kernel would kill'
unset PRELOAD_KEXEC_SCORE

errno=kexec_file_load=12
has 1000000
does 'the kernel found too little memory' "$file_load"$'\n'"$by_plan" -l "$kernel" --initrd="$initrd"
refused_after "$file_load" 'with -s that is an error' 'Cannot allocate memory' -s -l "$kernel" --initrd="$initrd"
has 135173
# 13: IMA requires a signature, and is asked before lockdown.
for number in 1 13 38; do
	errno=kexec_load=$number
	does "kexec_load is forbidden ($number): the other is tried" "$by_plan"$'[^\n]*(\n  segment [^\n]*)*\n'"$file_load" \
		-l "$kernel" --initrd="$initrd"
done
errno='kexec_load=1 kexec_file_load=12'
has 1000000
refused_after "$file_load"$'\n'"$by_plan"$'[^\n]*(\n  segment [^\n]*)*' 'the kernel found too little, and forbids the other' \
	'kexec_file_load refused .*Cannot allocate memory' -l "$kernel" --initrd="$initrd"
has 135173
errno=kexec_load=12
refused_after "$by_plan"$'[^\n]*(\n  segment [^\n]*)*' 'too little memory for either' 'Cannot allocate memory' \
	-l "$kernel" --initrd="$initrd"
errno=

# A crash kernel's pages are set aside: 20 MiB, the file and the spare.
"$builddir/tests/tools/bin/mkmachine" "$srcdir/tests/golden/crashkernel.machine" "$machine"
size=$(stat -c %s "$machine/boot/kernel")
has $((36 * 1024 + (size + 1023) / 1024))
does 'a crash kernel needs one copy' 'kexec_file_load initrd=20971520 flags=0x2 ' -p "$kernel" --initrd="$work/half"
has $((36 * 1024 + size / 1024 - 1))
does 'and that needs memory' "$by_plan" -p "$kernel" --initrd="$work/half"
finish
