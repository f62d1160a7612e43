#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# No source file needs another one that needs it in turn: scripts/circles sees those that do.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-circles-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lib/core"

# object NAME DEFINES NEEDS...: a file of lib/core.
object() {
	local name=$1 defines=$2 need
	shift 2
	{
		for need in "$@"; do printf 'int %s(void);\n' "$need"; done
		printf 'int %s(void);\nint %s(void)\n{\n\treturn 1' "$defines" "$defines"
		for need in "$@"; do printf ' + %s()' "$need"; done
		printf ';\n}\n'
	} >"$work/lib/core/$name.c"
	# shellcheck disable=SC2086 # a compiler and its options
	$CC -c -o "$work/lib/core/$name.o" "$work/lib/core/$name.c"
}

circles() { # circles STATUS NAME PATTERN
	local output status
	output=$("$srcdir/scripts/circles" "$work" "$work" 2>&1)
	status=$?
	[ "$status" -eq "$1" ] && [[ $output =~ ^$3$ ]]
	ok $? "$2" || diag "$output"
}

found=$("$srcdir/scripts/circles" "$builddir" "$srcdir" 2>&1)
ok $? 'this tree has no circle' || diag "$found"
object top top middle bottom
object middle middle bottom
object bottom bottom
circles 0 'files one above the other' ''
object bottom bottom middle
circles 1 'two files that need each other' \
	'lib/core/bottom.c needs lib/core/middle.c \(middle\), and is needed by it
lib/core/middle.c needs lib/core/bottom.c \(bottom\), and is needed by it'
object bottom bottom top
circles 1 'three files' 'lib/core/bottom.c needs lib/core/top.c.*lib/core/top.c needs lib/core/middle.c.*'
rm -rf "${work:?}/lib"
circles 2 'a folder without objects' 'circles: no object files below .*'
finish
