#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Standard output and error of the programs that save and restore: pipes, files that others write to, closed, full.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
"$sbin/kdump" --from=core plain 2>/dev/null || exit

# What is written to a file that stands behind standard output is between what others write there.
(
	echo before
	"$sbin/kdump" --from=core - && echo after
) >file 2>errors
cmp <(echo before && cat plain && echo after) file
ok $? "kdump to a file behind standard output is a stream as any other" || diag "$(cat errors)"
"$sbin/krestore" --export=exported plain
(
	echo before
	"$sbin/krestore" --export=- plain && echo after
) >file 2>errors
cmp <(echo before && cat exported && echo after) file
ok $? "so is an export" || diag "$(cat errors)"
"$sbin/kdump" --from=core - 2>errors >>file
cmp <(echo before && cat exported && echo after && cat plain) file
ok $? "it can be appended" || diag "$(cat errors)"
"$sbin/kdump" --from=core - 2>/dev/null | cat >file
cmp plain file
ok $? "a pipe gets the same"

# Closed streams: their numbers must not become those of the files.
run_closed() {
	"$@" <&- >&- 2>&-
	status=$?
	[ "$status" -eq 0 ]
}
run_closed "$sbin/kdump" --format=khimage --from=core snapshot
ok $? "kdump with all streams closed"
works "has written a snapshot" "$sbin/krestore" --check --memory="$(fresh_memory && echo memory)" snapshot
fresh_memory
run_closed "$sbin/krestore" --memory=memory snapshot
ok $? "krestore with all streams closed"
cmp -n 4096 memory /dev/zero
ok $? "writes none of its messages to memory"
"$sbin/kdump" --from=core - >&- 2>errors
[ $? -eq 1 ] && grep -q 'standard output is closed' errors
ok $? "a snapshot to a closed standard output" || diag "$(cat errors)"

# How far it is: where a clock that runs fast has ten seconds pass, and no terminal is.
clock=$builddir/tests/tools/bin/preload_clock.so
if [ -e "$clock" ]; then
	fresh_memory
	for command in "kdump --from=core out" "kdump --format=khimage --from=core out" "krestore --check --memory=memory out" \
		"krestore --memory=memory out"; do
		# shellcheck disable=SC2086 # words
		LD_PRELOAD=$clock ASAN_OPTIONS=verify_asan_link_order=0 "$sbin"/$command >/dev/null 2>errors
		[ $? -eq 0 ] && grep -qE "^${command%% *}: +[0-9]+ %, .* of 8.0 MiB, .*/s, [0-9]+ s left$" errors
		ok $? "$command: how far it is" || diag "$(cat errors)"
	done
fi

# The word that is wrong, not the one before it.
for program in kexec kdump krestore kjump_back_param khibernate vmcore-dmesg; do
	refused "$program: a wrong option before others" "^$program: option -Z is not known" "$sbin/$program" -Zh plain
	refused "$program: a wrong option behind others" "^$program: option -Z is not known" "$sbin/$program" plain -Z
	refused "$program: a wrong long option" "^$program: option --none is not known" "$sbin/$program" --none -h
done
refused "krestore: a missing argument" "^krestore: option --entry needs an argument" "$sbin/krestore" plain --entry
refused "krestore: a missing argument, short" "^krestore: option -e needs an argument" "$sbin/krestore" plain -e

# What is printed for a script has to arrive.
if [ -c /dev/full ]; then
	for command in "kjump_back_param --shell plain" "kdump --help" "krestore --help" "khibernate --help" \
		"vmcore-dmesg --help" "kexec --help"; do
		# shellcheck disable=SC2086 # words
		"$sbin"/$command >/dev/full 2>errors
		[ $? -eq 1 ] && grep -q "^${command%% *}: cannot write to the standard output: No space left on device$" errors
		ok $? "$command to a full disk" || diag "$(cat errors)"
	done
fi
finish
