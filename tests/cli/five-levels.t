#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel with five levels of page tables, and one that cannot be entered with them.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin la57
old=$machine/boot/kernel-old

if [ -n "$has_file_load" ]; then
	# ENOEXEC, as for an image of a form that the kernel does not know, which kexec_load may.
	errno=kexec_file_load=8
	refused_after 'kexec_file_load [^'$'\n'']*' 'what kexec_file_load refused is not entered by kexec_load' \
		'64-bit entry of ".*kernel-old" .*five levels .*: give --entry-32bit, or start this one with no5lvl' -l "$old"
	errno=
fi
refused 'a jump has no other way' 'five levels [^:]*: start this one with no5lvl' --load-preserve-context "$old"
does 'its 32-bit entry can be taken' 'kexec_load ' -l --entry-32bit "$old"
does 'a kernel that supports five levels' 'kexec_load ' -l -c "$kernel"
mv "$machine/proc/kcore" "$work/kcore"
does 'a running kernel that does not report its levels is no reason to refuse' 'kexec_load ' -l -c "$old"
finish
