#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut(8) module 95khibernate: puts into the initramfs of an ordinary boot what finds and
# resumes an image.

# setting NAME: a value of the configuration.
setting() {
	sed -n "s/^ *$1 *= *//p" "${dracutsysrootdir-}/etc/khibernate.conf" | tail -n 1
}

# Called by dracut: whether the module is wanted. Not until khibernate is set up.
check() {
	[ -e "${dracutsysrootdir-}/etc/khibernate.conf" ] || return 1
	require_binaries khibernate
}

depends() {
	return 0
}

install() {
	local kernel initrd
	kernel=$(setting kernel)
	initrd=$(setting initrd)
	if [ ! -r "$kernel" ] || [ ! -r "$initrd" ]; then
		dwarn "khibernate: the kernel or the initrd that is configured is not there; images will not be resumed"
		return 0
	fi
	inst_binary khibernate
	inst_simple /etc/khibernate.conf
	inst_simple "$kernel" /khibernate/kernel
	inst_simple "$initrd" /khibernate/initrd
	# Before dracut's own resume (10), and before any file system is mounted or checked.
	inst_hook pre-mount 05 "${moddir:?}/khibernate-resume.sh"
}
