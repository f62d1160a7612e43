#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each source folder includes only the folders below it, and includes name their folder: scripts/layers sees what does not.
set -u
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-layers-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
count=0

ok() { # ok STATUS NAME: what was printed is in $work/output
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/output"
	fi
}

# tree LINE: a source tree whose lib/core includes this way.
tree() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/lib/core"
	printf '%s\n' '/* a comment */' "$1" >"$work/tree/lib/core/gdt.c"
}

accepted() { # accepted NAME LINE
	tree "$2"
	"$srcdir/scripts/layers" "$work/tree" >"$work/output" 2>&1
	ok $? "$1"
}

refused() { # refused NAME LINE COMPLAINT
	tree "$2"
	! "$srcdir/scripts/layers" "$work/tree" >"$work/output" 2>&1 && grep -qF "lib/core/gdt.c:2: $3" "$work/output"
	ok $? "$1"
}

"$srcdir/scripts/layers" >"$work/output" 2>&1
ok $? 'this tree keeps the order'
accepted 'a folder below' '#include "lib/base/span.h"'
accepted 'the same folder' '#include "lib/core/gdt.h"'
accepted 'a wire format' '#include "include/kjump_note.h"'
accepted 'a header of the system' '#include <stdio.h>'
accepted 'what configure found' '#include "config.h"'
refused 'a folder above' '#include "kexec/plan/plan.h"' 'lib/core must not include kexec/plan'
refused 'a folder beside' '#include "lib/machine/machine.h"' 'lib/core must not include lib/machine'
refused 'a program' '#  include "hibernate/restore.h"' 'lib/core must not include hibernate'
refused 'a header without its folder' '#include "span.h"' '"span.h" does not name its folder'
refused 'a folder by the way it lies' '#include "../base/span.h"' '"../base/span.h" does not name its folder'
refused 'a header of the tests' '#include "tests/unit/fixtures.h"' '"tests/unit/fixtures.h" does not name its folder'
echo "1..$count"
