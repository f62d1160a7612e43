#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Option by option: what is in options-table is known, documented and tested; nothing else is known.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
table=$srcdir/tests/cli/options-table

kexec --help
known=$(sed -nE 's/^  (-[a-zA-Z]), (--[a-z0-9-]+).*/\1\n\2/p; s/^      (--[a-z0-9-]+).*/\1/p; s/^  (-[a-zA-Z]) .*/\1/p' \
	<<<"$output")
documented=$(sed -nE 's/^\.It (Fl .*)/\1/p' "$srcdir/doc/kexec.8" | sed -E 's/Ns = Ns Ar [a-z]+|Ar [a-z]+|Fl|,/ /g' |
	tr -s ' ' '\n' | sed '/^$/d; s/^/-/')

# words_of LINE: its spellings.
words_of() {
	local word
	for word in ${1%%->*}; do
		[[ $word == -* ]] || break
		printf '%s\n' "$word"
	done
}

listed=
while read -r line; do
	case $line in
	-*) ;;
	*) continue ;;
	esac
	spellings=$(words_of "$line")
	for spelling in $spellings; do
		listed+=$spelling$'\n'
		# getopt's own sign for "unknown": an error in both programs.
		[ "$spelling" != '-?' ] || continue
		grep -qxF -- "$spelling" <<<"$known"
		ok $? "--help has $spelling"
		grep -qxF -- "$spelling" <<<"$documented"
		ok $? "the man page has $spelling"
	done
	tests_of=${line##*->}
	[ "$tests_of" != "$line" ] && [ -n "${tests_of// /}" ]
	ok $? "${spellings//$'\n'/ } has a test"
	for test in $tests_of; do
		[ -f "$srcdir/$test" ]
		ok $? "$test is there"
		# One spelling is enough in a story: what it does is shown there, how it is spelt elsewhere.
		found=
		for spelling in $spellings; do
			grep -qE -- "(^|[^-a-z0-9])${spelling/\?/[?]}([^-a-z0-9]|\$)" "$srcdir/$test" && found+="$spelling "
		done
		case $test in
		*.t) [ "$found" = "$(tr '\n' ' ' <<<"$spellings")" ] ;;
		*) [ -n "$found" ] ;;
		esac
		ok $? "$test mentions ${spellings//$'\n'/ }" || diag "found only: $found"
	done
done <"$table"

for option in $known; do
	[ "$(grep -cxF -- "$option" <<<"$listed")" -eq 1 ]
	ok $? "the table has $option, once"
done
finish
