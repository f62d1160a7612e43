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

# khibernate_needs KIND: what the user's programs for the place of the snapshot need, by what they print.
khibernate_needs() {
	local hook kind names
	for hook in "${dracutsysrootdir-}"/etc/khibernate/hooks.d/*; do
		[ -x "$hook" ] || continue
		"$hook" needs | while read -r kind names; do
			[ "$kind" != "$1" ] || echo "$names"
		done
	done
}

installkernel() {
	local modules
	modules=$(khibernate_needs module)
	# shellcheck disable=SC2086 # a list of words
	[ -z "$modules" ] || instmods $modules
}

# The user's programs and what they need. Modules are loaded by the hook for the boot.
khibernate_hooks() {
	local hook names
	for hook in "${dracutsysrootdir-}"/etc/khibernate/hooks.d/*; do
		[ ! -f "$hook" ] || [ ! -x "$hook" ] || inst_simple "$hook" "/etc/khibernate/hooks.d/${hook##*/}"
	done
	names=$(khibernate_needs program)
	# shellcheck disable=SC2086 # a list of words
	[ -z "$names" ] || inst_multiple $names
	for names in $(khibernate_needs file); do
		inst_simple "$names"
	done
	names=$(khibernate_needs module)
	[ -n "$names" ] || return 0
	mkdir -p "${initdir:?}/khibernate"
	echo "$names" >"$initdir/khibernate/modules"
}

install() {
	inst_simple "${dracutsysrootdir-}/etc/khibernate.conf" /etc/khibernate.conf
	# The key that opens encrypted snapshots, sealed by a passphrase; never the one that makes them. dracut's file is for its
	# owner only (umask 077).
	[ ! -e "${dracutsysrootdir-}/etc/khibernate/restoring.key" ] ||
		inst_simple "${dracutsysrootdir-}/etc/khibernate/restoring.key" /etc/khibernate/restoring.key
	khibernate_hooks
	inst_binary "$(khibernate_program)" /sbin/khibernate
	# Before dracut's own resume (10), and before any file system is mounted or checked.
	inst_hook pre-mount 05 "${moddir:?}/khibernate-resume.sh"
	khibernate_fallback || return 0
}
