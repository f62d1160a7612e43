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

# khibernate_is_ours FILE: whether nobody else can change it. It is run, and everything in an initramfs is root's.
khibernate_is_ours() {
	[ -z "$(find -L "$1" -prune '(' ! -user "$(id -u)" -o -perm /022 ')' -print)" ]
}

# khibernate_programs: the user's programs for the place of the snapshot. The names are those that khibernate takes.
khibernate_programs() {
	local hook
	for hook in "${dracutsysrootdir-}"/etc/khibernate/hooks.d/*; do
		case ${hook##*/} in
		*~ | *.dpkg-* | *.rpm*) continue ;;
		esac
		[ -f "$hook" ] || continue
		[ -x "$hook" ] || continue
		if khibernate_is_ours "$hook" && khibernate_is_ours "${hook%/*}"; then
			echo "$hook"
		else
			dwarn "khibernate: users other than root can change '$hook', which root would run (chown root, chmod go-w):" \
				"left out; snapshots will not be resumed" >&2
		fi
	done
}

# khibernate_needs KIND: what they need, by what they print.
khibernate_needs() {
	local hook kind names needs
	khibernate_programs | while read -r hook; do
		needs=$("$hook" needs </dev/null) ||
			dwarn "khibernate: '$hook needs' has failed: what it needs may be missing" >&2
		while read -r kind names; do
			[ "$kind" != "$1" ] || echo "$names"
		done <<<"$needs"
	done
}

installkernel() {
	local modules
	modules=$(khibernate_needs module)
	# Of a list for this host only, those that are not loaded just now would be left out.
	# shellcheck disable=SC2086 # a list of words
	[ -z "$modules" ] || hostonly='' instmods $modules
}

# The user's programs and what they need. Modules are loaded by the hook for the boot.
khibernate_hooks() {
	local hook names
	while read -r hook; do
		inst_simple "$hook" "/etc/khibernate/hooks.d/${hook##*/}"
	done < <(khibernate_programs)
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
