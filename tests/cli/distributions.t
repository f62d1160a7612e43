#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command lines by which distributions' scripts call kexec (tests/cli/distributions-table).
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin crashkernel

# What each word of the table's third column is among the calls, as a pattern; in flags, 8 of
# kexec_file_load is -d and its 4 that there is no initrd, 4 of kexec_load is --hotplug.
plan=$'(kexec_file_load [^\n]*\n)?kexec_load entry=0x[1-9a-f][0-9a-f]* segments=[1-9][0-9]* flags=0x3e0000'
crash_plan="${plan%0}[15]"
declare -A wanted=(
	[file]='kexec_file_load initrd=(30000|no) flags=0x[048c] '
	[plan]=$plan
	[crash-file]='kexec_file_load initrd=30000 flags=0x[2a] '
	[crash-plan]=$crash_plan
	[unload]='^kexec_load entry=0x0 segments=0 flags=0x3e0000$'
	[crash-unload]='^kexec_load entry=0x0 segments=0 flags=0x3e0001$'
	[jump]='reboot 0x45584543$'
)
if [ -z "$has_file_load" ]; then
	wanted[file]=$plan
	wanted[crash-file]=$crash_plan
fi

# A 32-bit program refuses -s, and says why.
needs_file_load() {
	[ -z "$has_file_load" ] && [[ " $1 " == *' -s '* ]] && [[ " $1 " != *' -u '* ]]
}

# try WHO STATE DOES WORDS
try() {
	local arguments
	echo 0 >"$machine/sys/kernel/kexec_loaded"
	[ "$2" != ready ] || echo 1 >"$machine/sys/kernel/kexec_loaded"
	[ "$2" != new ] || echo 466944 >"$machine/sys/kernel/crash_elfcorehdr_size"
	eval "arguments=(${4//[$'\t']/ })"
	arguments=("${arguments[@]//KERNEL/$kernel}")
	arguments=("${arguments[@]//INITRD/$initrd}")
	if needs_file_load "$4"; then
		kexec "${arguments[@]}"
		[ "$status" -eq 1 ] && [[ $errors == *'a 32-bit program cannot call it; leave out -s'* ]] && [ -z "$calls" ]
		ok $? "$1: $4" || show
		return
	fi
	kexec "${arguments[@]}"
	rm -f "$machine/sys/kernel/crash_elfcorehdr_size"
	[ "$status" -eq 0 ] && [[ $calls =~ ${wanted[$3]:?} ]]
	ok $? "$1: $4" || { diag "wanted: ${wanted[$3]}"; show; }
}

while IFS='|' read -r who state does words; do
	[[ $who != '#'* ]] || continue
	read -r who <<<"$who"
	read -r state <<<"$state"
	read -r does <<<"$does"
	try "$who" "$state" "$does" "${words# }"
done <"$srcdir/tests/cli/distributions-table"
finish
