# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A distribution's system as the folder of its root, in which a story does what its user would do
# there: install this project, and make the initramfs the machine boots with.

# Set by the script that sources this file.
: "${srcdir:?}"

# copy_system FILE ARCH FOLDER: a copy of Debian's system, with our programs installed as "./configure &&
# make && make install" does. They are linked with its shared libraries, if it is of this machine's architecture,
# which has the libraries to link with.
copy_system() {
	local file=$1 arch=$2 to=$3 from build linked=
	[ "$arch" != "$(uname -m)" ] || linked=shared
	from=$("$srcdir/tests/vm/userland" "$arch" system)
	build=$("$srcdir/tests/vm/build" "$arch" $linked)
	cp -a --reflink=auto "$from" "$to"
	make -s -C "$build" install DESTDIR="$to" >&2
	mkdir -p "$to/story"
	cp "$srcdir/tests/vm/guest/lib.sh" "$to/story/lib.sh"
	story_section "$file" system >"$to/story/system.sh"
}

# run_in_system FOLDER: its script, with the results on standard output. There is no kernel to tell them to.
run_in_system() {
	# shellcheck disable=SC2016 # the system's shell expands it
	in_root "$1" sh -c '. /story/lib.sh
		say() { echo "KJ $*"; }
		version=$(basename /lib/modules/*)
		cd /
		. /story/system.sh' </dev/null
}

# system_kernel FOLDER, system_initramfs FOLDER: what it boots with.
system_kernel() {
	echo "$1"/boot/vmlinuz-*
}

system_initramfs() {
	echo "$1"/boot/initrd.img-*
}
