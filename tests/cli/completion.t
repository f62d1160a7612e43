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
	_kexec "$builddir/sbin/$1"
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort
}

same() { # same NAME FOUND WANTED
	[ "$2" = "$3" ]
	ok $? "$1" || diag "found: $2"$'\n'"wanted: $3"
}

# options_of TEXT: those of a help text.
options_of() {
	grep -oE '^  (-[a-zA-Z]|    --)[^ ]*( --[^ ]*)?' <<<"$1" | grep -oE -- '--?[a-zA-Z][a-z0-9-]*=?' | LC_ALL=C sort -u
}

kexec --help
options=$(options_of "$output")
[ "$(wc -l <<<"$options")" -gt 50 ]
ok $? '--help lists options' || show
same 'all options' "$(complete_words kexec -)" "$options"
same 'the rest of one' "$(complete_words kexec -l --unl)" --unload
same 'one with an argument' "$(complete_words kexec --serial-b)" --serial-baud=
same 'types' "$(complete_words kexec -t bz)" $'bzImage\nbzImage64'
same 'types after =' "$(complete_words kexec --type = elf-x86_)" elf-x86_64
same 'a file' "$(complete_words kexec -l "$machine/boot/prog")" "$machine/boot/program"

# The programs beside it. None does more than print, with --help or --version.
for program in kdump krestore khibernate vmcore-dmesg kjump_back_param; do
	options=$(options_of "$("$builddir/sbin/$program" --help)")
	[ "$(wc -l <<<"$options")" -ge 5 ]
	ok $? "$program --help lists options" || diag "$options"
	same "$program: all options" "$(complete_words "$program" x -)" "$options"
	complete -p "$program" >"$work/output" 2>&1
	ok $? "$program: is completed"
	make -C "$builddir" -n install DESTDIR=/nowhere 2>/dev/null | grep -q "completions/$program\b"
	ok $? "$program: its completion is installed"
done
same 'a command of khibernate' "$(complete_words khibernate hi)" hibernate
same 'the commands of khibernate' "$(complete_words khibernate '' | grep -cE '^(setup|hibernate|status|cancel|resume)$')" 5
same 'behind it, files' "$(complete_words khibernate setup "$machine/boot/prog")" "$machine/boot/program"
# accepted PROGRAM OPTION: what is completed for the option is what it takes, and no other.
accepted() {
	local value
	for value in $(complete_words "$1" x "$2" ''); do
		"$builddir/sbin/$1" "$2" "$value" --version >"$work/output" 2>&1 ||
			grep -q 'this build knows no' "$work/output" || return
	done
	[ -n "$value" ] && ! "$builddir/sbin/$1" "$2" other --version >"$work/output" 2>&1
}
for option in 'kdump --format' 'kdump -c' 'kdump --exclude' 'krestore --method'; do
	# shellcheck disable=SC2086 # two words
	accepted $option
	ok $? "$option: takes the words that complete it" || diag "$(cat "$work/output")"
done
# khibernate looks at them when it uses them.
for option in --compress --exclude --power; do
	values=$("$builddir/sbin/khibernate" --help | sed -n "s/^ *$option=.*: //p" | sed 's/, or / /; s/, / /g' | tr ' ' '\n' |
		LC_ALL=C sort)
	same "khibernate $option: the words in --help" "$(complete_words khibernate setup $option '')" "$values"
done
finish
