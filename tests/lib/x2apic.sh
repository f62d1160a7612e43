# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A QEMU whose processors have x2APIC without KVM: version 9.0 or later.

# Set by the script that sources this file.
: "${srcdir:?}"

# x2apic_qemu PROGRAM: the installed one or, where that is older, one from the release's backports; the program and
# its options, one a line.
x2apic_qemu() {
	local version root
	version=$("$1" --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
	if [ "${version:-0}" -ge 9 ]; then
		echo "$1"
		return
	fi
	root=$("$srcdir/tests/vm/userland" x86_64 qemu) || return
	printf '%s\n' "$root/usr/bin/$1" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios"
}
