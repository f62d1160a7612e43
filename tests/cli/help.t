#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Of every program: the options of --help, of the program and of the man page are the same.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=${KEXEC%/*}

# What an option with such an argument takes.
value_of() {
	case $1 in
	ADDRESS | PORT | BAUD) echo 0x3f8 ;;
	SECONDS) echo 1 ;;
	LIST) echo zero ;;
	METHOD) echo none ;;
	WAY) echo place ;;
	FORMAT) echo elf ;;
	*) echo x ;;
	esac
}

# read_help PROGRAM: $output, and what it lists: $short, letters; $long, names.
# "  -t, --type=TYPE   text", "      --initrd=FILE   text", "  -n   text"; a second line of a text is indented more.
read_help() {
	kexec --help
	short=$(sed -nE 's/^  -([a-zA-Z]).*/\1/p' <<<"$output" | sort)
	long=$(sed -nE 's/^  (-[a-zA-Z], |    )--([a-z0-9-]+).*/\2/p' <<<"$output" | sort)
	[ "$(wc -w <<<"$long")" -ge 3 ] && [ "$(wc -w <<<"$short")" -ge 2 ]
	ok $? "$1: --help lists options" || show
	[ -z "$(awk 'length > 120' <<<"$output")" ]
	ok $? "$1: in lines that fit" || show
}

# Each option is known: --version comes after it, and is reached, but for those that are answered at once.
known() { # known PROGRAM
	local option argument letter version=$1' (kexec-jump) '$VERSION
	[ "$1" != kexec ] || version='kexec-jump '$VERSION
	while read -r option argument; do
		kexec "$option${argument:+=$(value_of "$argument")}" --version
		[ "$status" -eq 0 ] && { [ "$output" = "$version" ] || [ "$option" = --help ] || [ "$option" = --print-ckr-size ]; }
		ok $? "$1: --help is right about $option${argument:+=$argument}" || show
		if [ -n "$argument" ]; then
			refused "$1: $option needs its argument" "option $option needs an argument" "$option"
		else
			refused "$1: $option takes no argument" "option $option=1 takes no argument" "$option=1"
		fi
	done < <(sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z0-9-]+)=?([A-Z]*).*/\2 \3/p' <<<"$output")
	while read -r letter argument; do
		kexec "-$letter${argument:+$(value_of "$argument")}" --version
		[ "$status" -eq 0 ] && [ "$output" != '' ]
		ok $? "$1: --help is right about -$letter" || show
	done < <(sed -nE 's/^  -([a-zA-Z])(, --[a-z0-9-]+=?([A-Z]*))? .*/\1 \3/p' <<<"$output")
	# And no others: each letter that is not listed is refused.
	for letter in {a..z} {A..Z}; do
		[[ $'\n'$short$'\n' != *$'\n'$letter$'\n'* ]] || continue
		refused "$1: -$letter is listed nowhere" "option -$letter is not known" "-$letter"
	done
}

# In mdoc, options are named after Fl: "Fl l , -load", "Fl -append Ns = Ns Ar text , Fl -command-line …".
documented() { # documented PROGRAM
	local page=$srcdir/doc/$1.8 named option
	named=$(sed -nE 's/^\.It (Fl .*)/\1/p' "$page" | sed -E 's/Ns = Ns Ar [a-z]+|Ar [a-z]+|Fl|,/ /g' | tr -s ' ' '\n' |
		sed '/^$/d' | sort)
	[ -n "$named" ]
	ok $? "$1.8 lists options"
	for option in $(sed 's/^/-/' <<<"$long") $short; do
		[[ $'\n'$named$'\n' == *$'\n'"$option"$'\n'* ]]
		ok $? "$1.8 has -$option"
	done
	while read -r option; do
		[[ $'\n'$long$'\n'$short$'\n' == *$'\n'"${option#-}"$'\n'* ]]
		ok $? "$1.8: -$option is an option"
	done <<<"$named"
}

kexec_program=$KEXEC
for program in kexec kdump krestore kjump_back_param khibernate vmcore-dmesg; do
	KEXEC=$sbin/$program
	read_help "$program"
	known "$program"
	documented "$program"
done

KEXEC=$kexec_program
kexec --help
lines=$(sed -n '/^$/,/^$/p' <<<"$output" | grep -c '^  ')
[ "$lines" -eq "$(sed -nE '/^$/,/^$/{/^  (-[a-zA-Z]|    --)/p}' <<<"$output" | wc -l)" ]
ok $? 'kexec --help lists nothing that cannot be read here' || show
for type in $(sed -n '/^Types of files/,/^$/s/^  \([^ ]*\) .*/\1/p' <<<"$output"); do
	grep -q "^\.It Li $type\$" "$srcdir/doc/kexec.8"
	ok $? "kexec.8 has the type $type"
done
finish
