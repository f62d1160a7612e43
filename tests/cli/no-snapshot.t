#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The programs for saved memory, given what is no snapshot: each says so in one line, and exits 1.
set -u
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
programs=$(dirname "${KEXEC:?}")
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-cli-XXXXXX")
trap 'rm -rf "$work"' EXIT
count=0

# refused PATTERN PROGRAM ARGUMENTS...
refused() {
	local pattern=$1 program=$2 errors status
	shift 2
	errors=$(timeout 20 "$programs/$program" "$@" 2>&1 >/dev/null </dev/null)
	status=$?
	count=$((count + 1))
	if [ "$status" -eq 1 ] && [[ $errors == "$program: "* ]] && [[ $errors != *$'\n'* ]] && [[ $errors =~ $pattern ]]; then
		echo "ok $count - $program ${*/#"$work"/.}"
	else
		printf 'not ok %d - %s\n# wanted: %s\n# status: %d\n# errors: %s\n' "$count" "$program $*" "$pattern" \
			"$status" "$errors"
	fi
}

echo text >"$work/text"
: >"$work/empty"
mkdir "$work/folder"
mkfifo "$work/fifo"
printf '\x7fELF\x02\x01\x01' >"$work/short"
for program in kjump_back_param krestore; do
	refused 'No such file' "$program" "$work/none"
	refused 'is a directory' "$program" "$work/folder"
	refused 'not an ELF' "$program" "$work/text"
	refused 'not an ELF' "$program" "$work/empty"
	refused 'not an ELF' "$program" "$work/fifo"
	refused 'cut off|damaged|ELF' "$program" "$work/short"
	refused '--bogus.*--help' "$program" --bogus
done
refused 'one snapshot is needed; see --help' krestore
refused 'is needed; see --help' kdump
refused 'is needed; see --help' kdump "$work/a" "$work/b"
if [ ! -e /proc/vmcore ]; then
	refused '/proc/vmcore .*only a kernel started by a jump, or after a crash, has it' kdump "$work/out"
	refused '/proc/vmcore .*only a kernel started by a jump, or after a crash, has it' kjump_back_param
fi
echo "1..$count"
