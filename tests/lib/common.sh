# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shared by the test programs: where things are, how to speak, the cache.
# Sourced by bash scripts that run with "set -eu".

# Set by the script that sources this file: the top of the source tree.
: "${srcdir:?}"

# What takes minutes to make (kernels) or comes from the network (packages) is
# kept outside the tree, so that "git clean" and a second clone keep it.
cache=${KJ_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kexec-jump}

# These scripts are called by make, too. What is built here, a kernel or another
# architecture's programs, must not take over that build's compiler and jobs.
unset CC CFLAGS CPPFLAGS LDFLAGS MAKEFLAGS MAKELEVEL MFLAGS

# Progress goes to standard error: standard output is for TAP and for paths.
say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

fail() {
	say "$*"
	exit 1
}

# need_programs PROGRAM...: fails naming all that are missing, not just the first.
need_programs() {
	local program missing=
	for program; do
		command -v "$program" >/dev/null 2>&1 || missing+=" $program"
	done
	[ -z "$missing" ] || fail "missing:$missing (tests/setup installs what the tests need)"
}

# with_lock NAME COMMAND...: two runs must not build the same thing twice.
with_lock() {
	local name=$1
	shift
	mkdir -p "$cache"
	(
		if ! flock -n 9; then
			say "waiting for another run that is making the $name"
			flock 9
		fi
		"$@"
	) 9>"$cache/.$name.lock"
}

# logged LOG WHAT COMMAND...: runs the command with its output in LOG; on failure
# shows the log's end. The command is a process of its own, because "set -e" does
# not hold inside anything whose status "if" or "||" looks at.
logged() {
	local log=$1 what=$2 status=0
	shift 2
	mkdir -p "$(dirname "$log")"
	(
		set -e
		"$@"
	) >"$log" 2>&1 &
	wait $! || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 30 "$log" >&2
		fail "cannot make the $what; the whole log is $log"
	fi
}

# Hash of files and of a recipe's version: the name of a thing in the cache.
hash_of() {
	cat "$@" | sha256sum | cut -c1-12
}

minutes_since() {
	local seconds=$((SECONDS - $1))
	printf '%d min %02d s' $((seconds / 60)) $((seconds % 60))
}

# in_root FOLDER COMMAND...: runs a program in this root folder, as its root and with nothing of this
# machine's environment. Nothing is mounted there.
in_root() {
	local folder=$1 namespace=
	shift
	[ "$(id -u)" -eq 0 ] || namespace="unshare --map-root-user"
	# A system of 32 bits is on a machine of 32 bits.
	[ -e "$folder/lib64/ld-linux-x86-64.so.2" ] || namespace+=" setarch i386"
	$namespace chroot "$folder" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C TMPDIR=/tmp "$@"
}
