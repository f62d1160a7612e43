#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An ordinary kexec whose image has changed: there is nowhere to go back to, so purgatory says why and stops.
. "$(dirname "$0")/run.sh"
: "${scratch:?}"

number=0
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		show_log
	fi
}

says_why() {
	grep -qs 'kexec-jump: the kexec image has changed.*stopped' "$scratch/console"
}

# Gone on, rebooted or faulted, the machine would end; standing still, it is ended by the timeout.
for width in 32 64; do
	rm -f "$scratch/console"
	qemu_machine $width 20 -append stop >"$scratch/out" 2>&1 &
	machine=$!
	for _ in $(seq 100); do
		says_why && break
		sleep 0.1
	done
	sleep 0.5
	check "$width bits: the serial console says why" says_why
	check "$width bits: the machine stands still" kill "$machine"
	wait "$machine" 2>/dev/null || :
done
echo "1..$number"
