# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The build under test: KEXEC, srcdir, builddir, CC and VERSION. "make check" sets them. A test that is started
# by itself finds the build: in $builddir, the current folder, the folder build of the source tree, or the
# source tree.

find_build() {
	local top folder variables
	top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	for folder in ${builddir:+"$builddir"} "$PWD" "$top/build" "$top"; do
		[ -e "$folder/config.status" ] || continue
		# Make may make its Makefile anew first, and says so.
		variables=$(env -u MAKEFLAGS -u MAKELEVEL make -s --no-print-directory -C "$folder" test-environment |
			grep '^export ') || continue
		eval "$variables"
		return
	done
	echo "$0: no build is configured in $top/build or $top: ./bootstrap && ./configure && make check-programs" >&2
	exit 1
}

[ -n "${KEXEC-}" ] && [ -n "${srcdir-}" ] && [ -n "${builddir-}" ] && [ -n "${VERSION-}" ] || find_build
