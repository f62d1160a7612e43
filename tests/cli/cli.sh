# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shellcheck disable=SC2034 # variables for the tests
#
# For tests of the command line: kexec on a described machine, with the calls
# that would change this one replaced (tests/tools/preload_*.c), and its output
# and calls.
#
#	begin bios-1g
#	refused 'a kernel that is not there' 'No such file' -l "$work/none"
#	does 'it is unloaded' 'kexec_load entry=0x0 segments=0' -u
#	finish

# shellcheck source=tests/lib/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/environment.sh"
: "${KEXEC:?}" "${srcdir:?}" "${builddir:?}" "${VERSION:?}"

tests=0 failures=0

ok() { # ok STATUS NAME: STATUS is that of what was just tried
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $2"
	fi
	[ "$1" -eq 0 ]
}

diag() {
	sed 's/^/# /' <<<"$*"
}

finish() {
	echo "1..$tests"
	exit $((failures > 0))
}

# begin MACHINE: a folder to work in ($work), with the described machine in it ($machine), the guard tried.
begin() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-cli-XXXXXX") || exit
	trap 'rm -rf "$work"' EXIT
	chmod 755 "$work"
	machine=$work/machine
	mkdir "$machine"
	"$builddir/tests/tools/bin/mkmachine" "$srcdir/tests/golden/$1.machine" "$machine" || exit
	mkdir -p "$machine/run" "$machine/dev" "$machine/sys/kernel"
	echo 0 >"$machine/sys/kernel/kexec_loaded"
	echo 0 >"$machine/sys/kernel/kexec_crash_loaded"
	kernel=$machine/boot/kernel initrd=$machine/boot/initrd
	# Nobody, too, writes to these.
	mkdir -m 777 "$work/notes"
	runs=0
	know_ordinary_load
	try_guard
}

# The calls of an ordinary load, as a pattern ($ordinary): 32-bit programs have no kexec_file_load.
know_ordinary_load() {
	ordinary=$'kexec_file_load [^\n]*'
	has_file_load=yes
	# EI_CLASS: 1 is a 32-bit program.
	if [ "$(od -An -tu1 -j4 -N1 "$KEXEC")" -eq 1 ]; then
		has_file_load=
		ordinary=$'kexec_load entry=0x100000 [^\n]*(\n  segment [^\n]*)*'
	fi
}

# Without the guard nothing but --dry-run may be run on this machine; a static program knows no guard.
try_guard() {
	local tools=$builddir/tests/tools/bin
	guard=$tools/preload_kexec.so:$tools/preload_machine.so
	if [ ! -e "$tools/preload_kexec.so" ]; then
		echo "1..0 # SKIP a static program cannot be kept from loading"
		exit 0
	fi
	kexec --version
	if [ "$status" -ne 0 ] || [ ! -e "$mark" ]; then
		echo "1..0 # SKIP the guard does not work here, and without it a test could load a kernel"
		exit 0
	fi
}

# slurp VARIABLE FILE: without its last newlines, empty if there is no such file. A builtin: starting
# programs is what these tests spend their time on.
slurp() {
	local content=
	[ ! -e "$2" ] || IFS= read -r -d '' content <"$2" || true
	while [[ $content == *$'\n' ]]; do content=${content%$'\n'}; done
	printf -v "$1" '%s' "$content"
}

# kexec ARGUMENTS...: runs it; $status, $output, $errors and $calls are the results. Variables:
# as=(COMMAND...) runs it under another command; described=no on this very machine; patience=SECONDS instead of 20.
as=()
kexec() {
	local root=$machine
	[ "${described:-yes}" = yes ] || root=
	runs=$((runs + 1))
	log=$work/notes/log.$runs mark=$work/notes/mark.$runs
	timeout "${patience:-20}" "${as[@]}" env LD_PRELOAD="$guard" ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}" \
		PRELOAD_KEXEC_LOG="$log" PRELOAD_MACHINE_MARK="$mark" ${root:+PRELOAD_MACHINE_ROOT="$root"} \
		PRELOAD_KEXEC_ERRNO="${errno-}" \
		"$KEXEC" "$@" >"$work/output" 2>"$work/errors" </dev/null
	status=$?
	slurp output "$work/output"
	slurp errors "$work/errors"
	slurp calls "$log"
	if [ ! -e "$mark" ]; then
		echo "Bail out! kexec ran without a guard"
		exit 1
	fi
}

show() {
	diag "status: $status"
	diag "output: $output"
	diag "errors: $errors"
	diag "calls:  $calls"
}

# refused NAME PATTERN ARGUMENTS...: exit 1, one line on stderr that holds PATTERN (extended regular
# expression), nothing on stdout, nothing done.
refused() {
	refused_after '' "$@"
}

# refused_after DEEDS NAME PATTERN ARGUMENTS...: the same when DEEDS (a pattern of whole lines) came before.
refused_after() {
	local did=$1 name=$2 pattern=$3
	shift 3
	kexec "$@"
	[ "$status" -eq 1 ] && [ -z "$output" ] && [[ $errors == "${KEXEC##*/}: "* ]] && [[ $errors != *$'\n'* ]] &&
		[[ $errors =~ $pattern ]] && [[ $calls =~ ^$did$ ]]
	ok $? "$name" || { diag "wanted: $pattern"; show; }
}

# does NAME PATTERN ARGUMENTS...: exit 0, nothing on stderr, and what was done begins with PATTERN.
does() {
	local name=$1 pattern=$2
	shift 2
	kexec "$@"
	[ "$status" -eq 0 ] && [ -z "$errors" ] && [[ $calls =~ ^$pattern ]]
	ok $? "$name" || { diag "wanted: $pattern"; show; }
}

said() { # said NAME PATTERN: on stdout of the last run
	[[ $output =~ $2 ]]
	ok $? "$1" || { diag "wanted: $2"; show; }
}
