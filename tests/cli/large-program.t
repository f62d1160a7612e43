#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A program whose segments are joined, larger than a 32-bit kexec can address: another machine's plan.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin above-4g

if [ -n "$has_file_load" ]; then
	ok 0 'a 32-bit kexec refuses it # SKIP this one is no 32-bit program'
else
	refused 'a 32-bit kexec refuses it' 'segments that share pages from 0x100000000 on are too large for this 32-bit' \
		--dry-run --root="$machine" -l --args-none "$machine/boot/program-large"
fi
finish
