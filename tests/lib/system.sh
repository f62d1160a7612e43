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
	[ -z "$linked" ] || copy_missing_libraries "$build/sbin/khibernate" "$to"
	mkdir -p "$to/story"
	cp "$srcdir/tests/vm/guest/lib.sh" "$to/story/lib.sh"
	story_section "$file" system >"$to/story/system.sh"
}

# copy_missing_libraries PROGRAM FOLDER: what the system's packages, which are older than the need for it, do not have.
copy_missing_libraries() {
	local library
	while read -r library; do
		[ -e "$2$library" ] || cp -L "$library" "$2$library"
	done < <(ldd "$1" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p')
}

# install_kernel KERNEL FOLDER: a test kernel that has modules, in the place of the stock kernel.
install_kernel() {
	local from=${1%/*} to=$2 version
	version=$(basename "$from"/lib/modules/*)
	rm -rf "$to"/boot/{vmlinuz,config,System.map,initrd.img}-* "$to"/lib/modules/*
	cp "$1" "$to/boot/vmlinuz-$version"
	cp "$from/.config" "$to/boot/config-$version"
	cp -R "$from/lib/modules/$version" "$to/lib/modules/"
}

# make_bootable FILE FOLDER: systemd starts, and runs the story's script when it has started everything else.
make_bootable() {
	local to=$2 name
	put_story "$1" A "$to"
	put_story "$1" C "$to"
	cp "$srcdir/tests/vm/guest/run-story" "$to/story/run"
	cp "$srcdir/tests/vm/guest/kj-story.service" "$to/etc/systemd/system/"
	[ -s "$to/etc/fstab" ] || echo 'LABEL=root / ext4 defaults 0 1' >"$to/etc/fstab"
	echo 4b4a0000000000000000000000000001 >"$to/etc/machine-id"
	mkdir -p "$to/usr/local/bin"
	ln -sf /bin/busybox "$to/usr/local/bin/usleep"
	mkdir -p "$to/etc/systemd/system/multi-user.target.wants"
	ln -sf ../kj-story.service "$to/etc/systemd/system/multi-user.target.wants/"
	ln -sf /lib/systemd/system/multi-user.target "$to/etc/systemd/system/default.target"
	# These want dbus, a terminal, or a system that is kept for weeks.
	for name in systemd-firstboot.service systemd-logind.service serial-getty@ttyS0.service getty@tty1.service fstrim.timer apt-daily.timer \
		apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service; do
		ln -sf /dev/null "$to/etc/systemd/system/$name"
	done
}

# run_in_system FOLDER: its script, with the results on standard output. There is no kernel to tell them to.
run_in_system() {
	# shellcheck disable=SC2016 # the system's shell expands it
	in_root "$1" "variant=${KJ_VARIANT-}" sh -c '. /story/lib.sh
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
