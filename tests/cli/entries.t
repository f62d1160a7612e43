#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The way back: an entry that is missing, doubled or no address; a kernel that was not jumped to.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin second-kernel
helper=(--load-jump-back-helper)
cmdline() {
	echo "$*" >"$machine/proc/cmdline"
}

does 'the helper takes the entry from the command line' \
	'kexec_load entry=0x8ff3000 segments=1 flags=0x3e0002' "${helper[@]}"
cmdline quiet
refused 'no entry on the command line' 'no kexec_jump_back_entry= .*not started by a jump; give.*--entry' "${helper[@]}"
does 'then one may be given' 'kexec_load ' "${helper[@]}" --entry=0x3e1f2000
refused 'two given' '--entry was given twice' "${helper[@]}" --entry=0x3e1f2000 --entry=0x3e1f2000
for garbage in '' x 0x 0x3e1f2000x -1 '0x3e1f 2000' 1e6; do
	refused "--entry=$garbage" "--entry \"$garbage\" is not an address" "${helper[@]}" --entry="$garbage"
	cmdline "kexec_jump_back_entry=${garbage// /_}"
	refused "kexec_jump_back_entry=$garbage" 'kexec_jump_back_entry= ".*" is not an address' "${helper[@]}"
done
for number in 0 0xfff 0x10000000000000 0xffffffffffffffff; do
	refused "--entry=$number" "--entry 0x[0-9a-f]+ is no address of memory" "${helper[@]}" --entry=$number
done
refused 'more than 64 bits' 'is not an address' "${helper[@]}" --entry=0x1ffffffffffffffff
cmdline 'kexec_jump_back_entry=0x3e1f2000 quiet kexec_jump_back_entry=0x3e1f2000'
refused 'twice on the command line' 'on this kernel.s command line 2 times; name one with --entry' "${helper[@]}"
cmdline 'kexec_jump_back_entry=0x3e1f2000'
refused 'an entry in this kernel'"'"'s own memory' '0x2000000 lies in this kernel.s own memory' \
	"${helper[@]}" --entry=0x2000000
refused 'another entry than A left' '0x3e1f3000 is not the one that .* left \(0x3e1f2000\)' \
	"${helper[@]}" --entry=0x3e1f3000

echo 1 >"$machine/sys/kernel/kexec_loaded"
rm -f "$machine"/run/*
refused 'the helper when something is loaded' 'loaded already; kexec -e jumps to it, kexec -u unloads it' "${helper[@]}"
refused '-b when something else is loaded' 'loaded already' -b
echo 0 >"$machine/sys/kernel/kexec_loaded"

refused 'the helper with a kernel' 'takes no kernel \("'"$kernel"'"\)' "${helper[@]}" "$kernel"
refused 'the helper with -s' '-s does not go with --load-jump-back-helper' -s "${helper[@]}"
refused 'the helper with --reuse-cmdline' '--reuse-cmdline means nothing' "${helper[@]}" --reuse-cmdline
refused 'an entry for a kernel' '--entry is for plain programs' -l -c "$kernel" --entry=0x100000
refused 'a jump to a kernel at an entry' '--entry is for plain programs' \
	--load-preserve-context "$kernel" --entry=0x100000

mv "$machine/proc/vmcore" "$work/vmcore"
refused 'without /proc/vmcore' 'no way to see the kernel to jump back to .*CONFIG_PROC_VMCORE' "${helper[@]}"
change_note() { # change_note "kjump …": with another note
	sed "s/^kjump .*/$1/" "$srcdir/tests/golden/second-kernel.machine" >"$work/description"
	"$builddir/tests/tools/bin/mkmachine" "$work/description" "$machine"
}
change_note ''
refused 'a /proc/vmcore without a note' 'has no KJUMP note: it is not of a kernel that was jumped from with --load-preserve-context' \
	"${helper[@]}"
change_note 'kjump version=7 gdt=1'
refused 'a note of another version' 'has version 7; this program knows 1' "${helper[@]}"
change_note 'kjump elf_machine=3 gdt=1'
refused 'a kernel of another architecture' 'of another architecture than this x86_64 one' "${helper[@]}"
change_note 'kjump paging_levels=5 gdt=1'
refused 'a kernel with other page tables' 'page tables of 5 levels, this one of 4: .*no5lvl' "${helper[@]}"
change_note 'kjump jump_back_entry=0x3e1f2000'
refused 'a note without a GDT' 'has no address of the GDT' "${helper[@]}"
finish
