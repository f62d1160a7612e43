# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shellcheck disable=SC2034 # variables for the tests
#
# For tests of the programs that save and restore: in a folder of its own, on files. Nothing jumps:
# krestore --memory=FILE never does.
#
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
sbin=$builddir/sbin
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-snapshots-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

# run COMMAND...: $status; what it printed is in $output and $errors.
run() {
	"$@" >output 2>errors </dev/null
	status=$?
	slurp output output
	slurp errors errors
}

works() { # works NAME COMMAND...
	run "${@:2}"
	ok "$status" "$1" || diag "$errors"
}

# Exit status 1 and one line that says why; memory as it was.
refused() { # refused NAME PATTERN COMMAND...
	run "${@:3}"
	[ "$status" -eq 1 ] && [[ $errors =~ $2 ]] && [[ $errors != *$'\n'* ]]
	ok $? "$1" || diag "status $status: $errors"
}

# The memory that is not written to keeps what was in it.
fresh_memory() {
	rm -f memory
	truncate -s 32M memory
}

shell_value() { # shell_value NAME SNAPSHOT
	"$sbin/kjump_back_param" --shell "$2" 2>/dev/null | sed -n "s/^$1='\(.*\)'$/\1/p"
}
