#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A saved kernel loaded with kexec -l: memory gets the content that krestore would write, or it is placed or refused.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin saved-image
cd "$work" || exit
sbin=$builddir/sbin

# fresh_memory FILE [BYTE]: nothing that is in memory before is zero by chance.
fresh_memory() {
	head -c 66M /dev/zero | tr '\0' "${2-\\377}" >"$1"
}

restore() { # restore MEMORY SNAPSHOT
	"$sbin/krestore" --memory="$1" "$2" >output 2>&1 || { diag "$(cat output)"; return 1; }
}

# loads_as_restored NAME CORE [BYTE]: from where its memory begins; before it are the window and the gate.
loads_as_restored() {
	fresh_memory "$work/loaded" "${@:3}"
	fresh_memory "$work/restored" "${@:3}"
	restore restored "$2"
	ok $? "$1: krestore writes it"
	PRELOAD_KEXEC_MEMORY=$work/loaded kexec -l --args-none "$2"
	[ "$status" -eq 0 ] && [[ $calls == *kexec_load* ]]
	ok $? "$1: kexec -l loads it" || show
	cmp -i 64M loaded restored >differs
	ok $? "$1: the same comes to memory" || diag "$(cat differs)"
}

boot=$machine/boot
loads_as_restored "zeros left out" "$boot/zeros"
loads_as_restored "free pages that have to be zeros" "$boot/free-zero"
loads_as_restored "all memory, and poison in its free pages" "$boot/free-poison-whole"
# The memory between the pieces is zero.
loads_as_restored "pieces that are joined" "$boot/note-joins" '\0'

# What is beyond kexec_load. Nothing is loaded, unloaded or mounted before it is known that it can be placed.
refused "placing needs the addresses of pages" \
	'too-many" is beyond kexec_load \(.* in 18 pieces, .*\) and cannot be placed: .*CONFIG_PROC_PAGE_MONITOR' \
	-l --args-none "$boot/too-many"
head -c 40000 "$boot/too-many" >cut-core
refused "a core that is cut off" 'PT_LOAD .* outside|cut off|ends before' -l --args-none cut-core
mkdir -p "$machine/proc/sys/kernel/random" "$machine/sys/kernel" "$machine/run"
echo 1 >"$machine/sys/kernel/kexec_loaded"
echo 00000000-0000-0000-0000-000000000001 >"$machine/proc/sys/kernel/random/boot_id"
echo "placed 00000000-0000-0000-0000-000000000001" >"$machine/run/kexec-jump.loaded"
refused "what is placed does not jump without its pages" 'the memory at /dev/.kexec-jump .* is gone.*load it again' -e
# The record of another boot does not count.
echo "placed 00000000-0000-0000-0000-000000000002" >"$machine/run/kexec-jump.loaded"
kexec -e
[ "$status" -eq 0 ] && [[ $calls == *reboot* ]]
ok $? "a record of another boot does not hold up a jump" || show

# Pages that a core leaves out as zeros are not lost when kdump reads it.
fresh_memory wanted
restore wanted "$boot/zeros"
for options in "" "--exclude=zero" "--format=khimage" "--format=khimage --exclude=zero"; do
	rm -f copy
	# shellcheck disable=SC2086 # words
	"$sbin/kdump" $options --from="$boot/zeros" copy 2>output
	ok $? "kdump $options reads a core that leaves out zeros" || diag "$(cat output)"
	fresh_memory restored
	restore restored copy
	cmp wanted restored >differs
	ok $? "kdump $options: none are missing from what it writes" || diag "$(cat differs)"
done
finish
