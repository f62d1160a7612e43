#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bash completes the options and types that there are, and no others.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
# shellcheck source=completion/kexec
. "$srcdir/completion/kexec"

# complete_words WORD...: what may follow for the last word, sorted.
complete_words() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_kexec "$KEXEC"
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort
}

same() { # same NAME FOUND WANTED
	[ "$2" = "$3" ]
	ok $? "$1" || diag "found: $2"$'\n'"wanted: $3"
}

kexec --help
options=$(grep -oE '^  (-[a-zA-Z]|    --)[^ ]*( --[^ ]*)?' <<<"$output" | grep -oE -- '--?[a-zA-Z][a-z0-9-]*=?' |
	LC_ALL=C sort -u)
[ "$(wc -l <<<"$options")" -gt 50 ]
ok $? '--help lists options' || show
same 'all options' "$(complete_words kexec -)" "$options"
same 'the rest of one' "$(complete_words kexec -l --unl)" --unload
same 'one with an argument' "$(complete_words kexec --serial-b)" --serial-baud=
same 'types' "$(complete_words kexec -t bz)" $'bzImage\nbzImage64'
same 'types after =' "$(complete_words kexec --type = elf-x86_)" elf-x86_64
same 'a file' "$(complete_words kexec -l "$machine/boot/prog")" "$machine/boot/program"
finish
