#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The registers of an ELF program at its entry: read from the loaded memory, where purgatory keeps them.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin boot-files

# register INDEX: of struct purgatory_regs (include/purgatory_param.h) of the last load, whose entry is purgatory.
register() {
	local entry=${calls#*entry=}
	od -An -v -tu8 -j$((${entry%% *} + 0x100 + 0x18 + 8 * $1)) -N8 "$work/loaded" | tr -d ' '
}

# The address of the boot notes, which begin with their magic.
notes() {
	kexec --dry-run --root="$machine" "$@"
	local line
	line=$(grep 'boot notes' <<<"$output")
	line=${line#*0x}
	echo $((0x${line%%-*}))
}

# finds NAME AX BX DI ARGUMENTS...
finds() {
	local name=$1 wanted="$2 $3 $4"
	shift 4
	truncate -s 2M "$work/loaded"
	PRELOAD_KEXEC_MEMORY=$work/loaded kexec -c "$@"
	local found
	found="$(register 0) $(register 1) $(register 5)"
	[ "$status" -eq 0 ] && [ "$found" = "$wanted" ]
	ok $? "$name" || { diag "registers $found, wanted $wanted"; show; }
}

magic=$((0x0e1fb007))
program=$machine/boot/movable
at=$(notes -l "$program")
finds 'a 64-bit program has the notes in RBX and RDI' $magic "$at" "$at" -l "$program" --append="one two"
[ "$(od -An -v -tu4 -j"$at" -N4 "$work/loaded" | tr -d ' ')" = $magic ]
ok $? 'which point to them'
finds 'with --args-none it has none' 0 0 0 -l --args-none "$program"
program=$machine/boot/movable-32
at=$(notes -l "$program")
finds 'a 32-bit program has them in EBX alone' $magic "$at" 0 -l "$program" --append="one two"
finish
