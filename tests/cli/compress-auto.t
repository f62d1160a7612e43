#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kdump --compress=auto: a slow disk leaves time to compress nearly everything, so that it is
# written in no more time than by the faster of the other ways.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

slow=$builddir/tests/tools/bin/preload_slow.so
skip() {
	echo "1..0 # SKIP $1"
	exit 0
}
[ -e "$slow" ] || skip "a static program cannot be slowed down"
! "$sbin/kdump" --format=khimage --compress=lz4 --from=nothing nowhere 2>&1 | grep -q 'this build knows no' ||
	skip "this build has no lz4"

# saved METHOD: the bytes that a snapshot takes on a disk of 16 MB/s
saved() {
	: >"$1"
	LD_PRELOAD=$slow ASAN_OPTIONS=verify_asan_link_order=0 PRELOAD_SLOW=$1 PRELOAD_SLOW_RATE=16e6 \
		"$sbin/kdump" --format=khimage --exclude=zero --compress="$1" --from=core "$1" 2>errors || diag "$(cat errors)"
	stat -c %s "$1"
}

"$builddir/tests/tools/bin/mksaved" core 32 1 || exit
none=$(saved none) lz4=$(saved lz4) auto=$(saved auto)
diag "none $none, lz4 $lz4, auto $auto bytes"
[ "$lz4" -lt $((none * 8 / 10)) ]
ok $? "lz4 makes it smaller"
[ "$auto" -lt $(((none + 2 * lz4) / 3)) ]
ok $? "auto compresses nearly all while the disk is slow"
for method in none auto; do
	truncate -s 64M "memory.$method"
	"$sbin/krestore" --memory="memory.$method" "$method" >/dev/null 2>errors || diag "$(cat errors)"
done
cmp memory.none memory.auto
ok $? "the same comes to memory"
finish
