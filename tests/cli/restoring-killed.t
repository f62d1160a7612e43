#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# krestore, while it restores by placement on a described machine, is killed as for lack of memory: nothing stays loaded,
# the snapshot is as it was, the kernel's settings are, too, and the window way is tried where it is permitted.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"
# shellcheck source=tests/lib/placing.sh
. "$srcdir/tests/lib/placing.sh"
placing_or_skip

"$tools/mkcore" core 1000 1 || exit
placing_machine machine 16 || exit
"$sbin/kdump" --format=khimage --compress=none --from=core snapshot || exit
settings=machine/proc/sys/vm/compact_unevictable_allowed

# killed_in CALL METHOD: the results are as of run; what was called is in $calls.
killed_in() {
	: >alive
	PRELOAD_KEXEC_KILLS="$1 $work/alive" run placing machine "$sbin/krestore" --method="$2" --force snapshot
	slurp calls machine.log
}

# leaves_nothing NAME PATTERN: of what was just killed.
leaves_nothing() {
	[ "$status" -eq 1 ] && [[ ${errors##*$'\n'} =~ $2 ]] && [ ! -e alive ]
	ok $? "$1" || diag "status $status: $errors"
	[[ ${calls##*kexec_load } == *"segments=0 "* ]] && [ "$(shell_value KJUMP_STATE snapshot)" = committed ] &&
		[ "$(cat "$settings")" = 1 ]
	ok $? "$1: nothing is loaded, the snapshot waits, settings are as before" ||
		diag "$(shell_value KJUMP_STATE snapshot), $(cat "$settings"): $calls"
}

killed='the process that did so was killed, most likely for lack of memory'
killed_in kexec_load place
leaves_nothing "killed behind the load" "^krestore: this kernel cannot restore it by placement: $killed$"
killed_in reboot place
leaves_nothing "killed behind the mark" "^krestore: this kernel cannot restore it by placement: $killed$"
ignored=CHLD killed_in kexec_load place
leaves_nothing "its parent ignores SIGCHLD" "^krestore: this kernel cannot restore it by placement: $killed$"
killed_in kexec_load auto
leaves_nothing "the window way is tried" "Not by placement: $killed\\. Nor as a kernel in the snapshot's window: there is no /dev/mem"

# SIGTERM, to the process and to its parent, as by a terminal: behind the load all is taken back, and the window is not tried;
# behind the mark it waits for the jump.
export PRELOAD_KEXEC_SIGNAL=15
killed_in kexec_load auto
leaves_nothing "ended behind the load" "^krestore: not restored: the process that did so died of signal 15"
killed_in reboot place
[ ! -e alive ] && [[ $calls == *'reboot goes on'* ]]
ok $? "behind the mark: it jumps" || diag "status $status: $errors: $calls"
unset PRELOAD_KEXEC_SIGNAL

# The terminal of --console, in which progress is shown without echo: python has a new one.
if command -v python3 >/dev/null; then
	cat >terminal.py <<-'END'
		import os, pty, subprocess, sys, termios
		user, program = pty.openpty()
		before = termios.tcgetattr(program)
		subprocess.call(sys.argv[1:] + ["--console=" + os.ttyname(program), "snapshot"], pass_fds=[program])
		sys.exit(termios.tcgetattr(program) != before)
	END
	: >alive
	export tools
	export -f placing
	# shellcheck disable=SC2016 # the inner shell's
	PRELOAD_KEXEC_KILLS="kexec_load $work/alive" run python3 terminal.py bash -c 'placing machine "$@"' - \
		"$sbin/krestore" --method=place --force
	[ "$status" -eq 0 ] && [ ! -e alive ]
	ok $? "killed, it leaves the terminal as it was" || diag "status $status: $output$errors"
fi

# Used meanwhile by its own kernel, a snapshot is never made one that waits.
run placing machine "$sbin/krestore" --method=place --force snapshot
[ "$status" -eq 0 ] && [ "$(shell_value KJUMP_STATE snapshot)" = used ]
ok $? "not killed, it jumps" || diag "status $status: $errors"
killed_in kexec_load place
[ "$status" -eq 1 ] && [ -e alive ] && [ "$(shell_value KJUMP_STATE snapshot)" = used ]
ok $? "a used snapshot stays used" || diag "status $status: $errors"
finish
