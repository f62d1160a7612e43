#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every fuzz target takes its seeds and its corpus, with the build's own compiler
# and sanitizers: what a fuzzer once found stays fixed, and no target rots. With arguments only the targets they name.
set -u
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
: "${srcdir:?}" "${builddir:?}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kj-replay.XXXXXX")
trap 'rm -rf "$work"' EXIT
count=0

ok() {
	count=$((count + 1))
	[ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

# replay TARGET: one statement for each fuzz target.
replay() {
	local target=$1 folder folders=() files status
	for folder in "$work/seeds/$target" "$srcdir/tests/fuzz/corpus/$target"; do
		[ ! -d "$folder" ] || folders+=("$folder")
	done
	if [ ${#folders[@]} -eq 0 ]; then
		ok 1 "$target has neither seeds (make_seeds.c) nor a corpus"
		return
	fi
	files=$(find "${folders[@]}" -type f | wc -l)
	"$builddir/tests/fuzz/bin/replay_$target" "${folders[@]}" >"$work/output" 2>&1
	status=$?
	ok $status "$target takes $files files"
	[ $status -eq 0 ] || sed 's/^/# /' "$work/output"
}

"$builddir/tests/fuzz/bin/make_seeds" "$work/seeds"
ok $? "seeds are made"
if [ $# -eq 0 ]; then
	for source in "$srcdir"/tests/fuzz/fuzz_*.c; do
		target=${source##*/fuzz_}
		set -- "$@" "${target%.c}"
	done
fi
for target; do
	replay "$target"
done
echo "1..$count"
