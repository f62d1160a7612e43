#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut(8) module 95khibernate: adds to the initramfs of an ordinary boot the files that find
# and resume a snapshot. dracut sources this, so its names are visible in all of dracut's modules.

# khibernate_setting NAME: a value of the configuration.
khibernate_setting() {
	sed -n "s/^[[:blank:]]*$1[[:blank:]]*=[[:blank:]]*//p" "${dracutsysrootdir-}/etc/khibernate.conf" |
		sed 's/[[:space:]]*$//' | tail -n 1
}

# The path of the program. "make install" writes the folder here: the path that dracut sets is short.
khibernate_program() {
	local sbin
	sbin=
	find_binary "${sbin:+$sbin/}khibernate"
}

# khibernate_put SETTING TO [USUAL]: adds the file that the configuration names, also through a link; USUAL if it
# names none.
khibernate_put() {
	local name file without="a snapshot too large for the booting kernel will not be resumed"
	name=$(khibernate_setting "$1")
	name=${name:-${3-}}
	if [ -z "$name" ]; then
		dwarn "khibernate: /etc/khibernate.conf names no $1 (khibernate setup does); $without"
		return 1
	fi
	file=$(readlink -f "${dracutsysrootdir-}$name")
	if [ ! -f "$file" ]; then
		dwarn "khibernate: there is no $1 '$name', which is configured; $without"
		return 1
	fi
	inst_simple "$file" "$2"
}

# Called by dracut: whether to include the module. Only once khibernate is set up.
check() {
	[ -e "${dracutsysrootdir-}/etc/khibernate.conf" ] || return 1
	[ -n "$(khibernate_program)" ] || {
		dwarn "khibernate: the program khibernate is not found; snapshots will not be resumed"
		return 1
	}
}

depends() {
	return 0
}

# The kernel that restores what this one cannot place, and its initramfs.
khibernate_fallback() {
	[ "$(khibernate_setting fallback)" != none ] || return 0
	# The usual initramfs is khibernate's default.
	khibernate_put kernel /khibernate/kernel && khibernate_put initrd /khibernate/initrd /boot/khibernate.img
}

install() {
	inst_simple "${dracutsysrootdir-}/etc/khibernate.conf" /etc/khibernate.conf
	# The key that opens encrypted snapshots, sealed by a passphrase; never the one that makes them. dracut's file is for its
	# owner only (umask 077).
	[ ! -e "${dracutsysrootdir-}/etc/khibernate/restoring.key" ] ||
		inst_simple "${dracutsysrootdir-}/etc/khibernate/restoring.key" /etc/khibernate/restoring.key
	inst_binary "$(khibernate_program)" /sbin/khibernate
	# Before dracut's own resume (10), and before any file system is mounted or checked.
	inst_hook pre-mount 05 "${moddir:?}/khibernate-resume.sh"
	khibernate_fallback || return 0
}
