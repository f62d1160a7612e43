# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reads a story file. doc: the comment at the top of tests/vm/story.

# Set by the script that sources this file.
: "${srcdir:?}"

# story_variants FILE: the names of its variants, if it has any.
story_variants() {
	story_section "$1" variants | sed -n 's/^\([a-z0-9-]*\): .*/\1/p'
}

# story_variant_headers FILE: the headers of the variant KJ_VARIANT, one a line.
story_variant_headers() {
	[ -z "${KJ_VARIANT-}" ] || story_section "$1" variants | sed -n "s/^$KJ_VARIANT: *//p" | tr ';' '\n' | sed 's/^ *//'
}

# story_value FILE ARCH KEY [DEFAULT]: a header's value; "KEY.ARCH:" beats "KEY:", and the variant's beats both.
story_value() {
	local file=$1 arch=$2 key=$3 line value=${4-} general='' special='' found=
	if [ -n "${KJ_VARIANT-}" ] && line=$(story_variant_headers "$file" | grep "^$key:"); then
		read -r value <<<"${line#*:}" || true
		printf '%s\n' "$value"
		return
	fi
	while IFS= read -r line; do
		case $line in
		'['*) break ;;
		"$key.$arch:"*) special=${line#*:} found=special ;;
		"$key:"*) general=${line#*:} found=${found:-general} ;;
		esac
	done <"$file"
	case $found in
	special) value=$special ;;
	general) value=$general ;;
	esac
	# Blanks at both ends do not count.
	read -r value <<<"$value" || true
	printf '%s\n' "$value"
}

# story_role_value FILE ARCH KEY ROLE [DEFAULT]: "KEY-C1:" beats "KEY-C:" beats "KEY:".
story_role_value() {
	local general
	general=$(story_value "$1" "$2" "$3" "${5-}")
	general=$(story_value "$1" "$2" "$3-${4:0:1}" "$general")
	story_value "$1" "$2" "$3-$4" "$general"
}

# story_section FILE NAME: the text of a section; empty when there is none.
story_section() {
	awk -v wanted="[$2]" '
		/^\[[A-Za-z]+[0-9]?\]$/ { inside = ($0 == wanted); next }
		inside' "$1"
}

story_has_section() {
	grep -qxF "[$2]" "$1"
}

# story_parts FILE ROLE: the sections of a role: C, C1, C2...
story_parts() {
	sed -n "s/^\[\($2[0-9]*\)\]$/\1/p" "$1"
}

# story_check FILE: a misspelled key or section would silently do nothing.
story_check() {
	local file=$1 line key
	while IFS= read -r line; do
		case $line in
		'' | '#'* | [[:blank:]]*) continue ;;
		esac
		key=${line%%:*}
		case ${key%.*} in
		devices | kernel | title | arches | linux | memory | ram | cpus | cpu | alone | vga | x2apic | clock | exceptions | firmware | resets | machine | boots | timeout | checks | disk | \
			disks | disk-error | network-disk | password | root | root-files | system-with | uki | userland | initramfs-[ABC] | kernel-[ABC] | append-[ABC] | tools-[ABC] | files-[ABC] | programs) ;;
		types-[0-9] | until-[AC] | until-C[0-9] | press-[AC] | press-C[0-9] | memory-C[0-9] | cpu-C[0-9] | append-C[0-9] | kernel-C[0-9] | initrd-C[0-9]) ;;
		*) fail "$file: no such header: $line" ;;
		esac
	done < <(
		sed '/^\[/,$d' "$file"
		story_section "$file" variants | sed 's/^[a-z0-9-]*: *//' | tr ';' '\n' | sed 's/^ *//'
	)
	while IFS= read -r line; do
		case $line in
		'[A]' | '[B]' | '[C]' | '[C'[0-9]']' | '[common]' | '[system]' | '[host]' | '[variants]') ;;
		*) fail "$file: no such section: $line" ;;
		esac
	done < <(grep -E '^\[[A-Za-z0-9]+\]$' "$file")
}
