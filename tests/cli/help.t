#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The options of --help, of the program and of the man page are the same.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g

kexec --help
# "  -t, --type=TYPE   text", "      --initrd=FILE   text", "  -n   text"
short=$(sed -nE 's/^  -([a-zA-Z]).*/\1/p' <<<"$output" | sort)
long=$(sed -nE 's/^  (-[a-zA-Z], |    )--([a-z0-9-]+).*/\2/p' <<<"$output" | sort)
[ "$(wc -l <<<"$long")" -gt 30 ] && [ "$(wc -w <<<"$short")" -gt 15 ]
ok $? '--help lists options' || show
lines=$(sed -n '/^$/,/^$/p' <<<"$output" | grep -c '^  ')
[ "$lines" -eq "$(sed -nE '/^$/,/^$/{/^  (-[a-zA-Z]|    --)/p}' <<<"$output" | wc -l)" ]
ok $? 'and nothing that cannot be read here' || show
[ -z "$(awk 'length > 120' <<<"$output")" ]
ok $? 'in lines that fit' || show

# What an option with such an argument takes.
value_of() {
	case $1 in
	ADDRESS | PORT | BAUD) echo 0x3f8 ;;
	*) echo x ;;
	esac
}

# Each is known: --version comes after it, and is reached.
while read -r option argument; do
	kexec "$option${argument:+=$(value_of "$argument")}" --version
	[ "$status" -eq 0 ] && { [ "$output" = "kexec-jump $VERSION" ] || [ "$option" = --help ]; }
	ok $? "--help is right about $option${argument:+=$argument}" || show
	[ -n "$argument" ] || continue
	refused "$option needs its argument" "option $option needs an argument" "$option"
done < <(sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z0-9-]+)=?([A-Z]*).*/\2 \3/p' <<<"$output")
for letter in $short; do
	[ "$letter" != t ] || continue
	kexec "-$letter" --version
	[ "$status" -eq 0 ] && [ "$output" != '' ]
	ok $? "--help is right about -$letter" || show
done
# And no others: each letter that is not listed is refused.
for letter in {a..z} {A..Z}; do
	[[ $'\n'$short$'\n' != *$'\n'$letter$'\n'* ]] || continue
	refused "-$letter is listed nowhere" "option -$letter is not known" "-$letter"
done

# In mdoc, options are named after Fl: "Fl l , -load", "Fl -append Ns = Ns Ar text , Fl -command-line …".
page=$srcdir/doc/kexec.8
named=$(sed -nE 's/^\.It (Fl .*)/\1/p' "$page" | sed -E 's/Ns = Ns Ar [a-z]+|Ar [a-z]+|Fl|,/ /g' | tr -s ' ' '\n' |
	sed '/^$/d' | sort)
[ -n "$named" ]
ok $? "$(basename "$page") lists options"
for option in $(sed 's/^/-/' <<<"$long") $short; do
	[[ $'\n'$named$'\n' == *$'\n'"$option"$'\n'* ]]
	ok $? "the man page has -$option"
done
while read -r option; do
	[[ $'\n'$long$'\n'$short$'\n' == *$'\n'"${option#-}"$'\n'* ]]
	ok $? "the man page's -$option is an option"
done <<<"$named"
for type in $(sed -n '/^Types of files/,/^$/s/^  \([^ ]*\) .*/\1/p' <<<"$(kexec --help && echo "$output")"); do
	grep -q "^\.It Li $type\$" "$page"
	ok $? "the man page has the type $type"
done
finish
