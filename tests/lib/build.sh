# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds of this tree, outside it.

# Set by the script that sources this file.
: "${srcdir:?}" "${cache:?}"

# build_folder_of NAME: its path; two clones of the tree have builds of their own.
build_folder_of() {
	echo "$cache/builds/$(hash_of <(echo "$srcdir"))-$1"
}

# ./configure, made again when what it is made from has changed.
make_configure() {
	if [ ! -x "$srcdir/configure" ] || [ "$srcdir/configure.ac" -nt "$srcdir/configure" ]; then
		(cd "$srcdir" && ./bootstrap)
	fi
}

# build_in FOLDER CONFIGURE-ARGUMENTS...: configures when that is new, and makes
# the programs and what else the virtual machines get.
# Without need it does not configure: every object depends on the Makefile.
build_in() {
	local folder=$1
	shift
	make_configure
	mkdir -p "$folder"
	cd "$folder" || return
	if [ ! -e Makefile ] || [ "$srcdir/configure" -nt Makefile ] ||
		[ "$(cat configured-with 2>/dev/null)" != "$*" ]; then
		"$srcdir/configure" "$@"
		echo "$*" >configured-with
	fi
	make -j"$(nproc)" all vm-programs
}

# architecture_arguments ARCH: fills the array "arguments" with what configure
# needs to build for it, on this machine, with the libraries of the cache. Extra
# words go to LDFLAGS.
architecture_arguments() {
	local arch=$1 flags CPPFLAGS LDFLAGS
	shift
	arguments=()
	case $arch in
	x86_64) ;;
	i386)
		[ "$(uname -m)" != x86_64 ] || arguments+=(--host=i686-linux-gnu CC="gcc -m32")
		;;
	*) fail "no such architecture: $arch" ;;
	esac
	flags=$("$srcdir/tests/vm/userland" "$arch" flags)
	eval "$flags"
	arguments+=("CPPFLAGS=$CPPFLAGS" "LDFLAGS=$* $LDFLAGS")
}
