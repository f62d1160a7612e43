#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documents: what they have from other files is up to date, and every file that they name exists.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
cd "$srcdir" || exit

said=$(scripts/documents --check)
ok $? 'what is made from other files is up to date (scripts/documents)' || diag "$said"
[ "$(wc -l <doc/ARCHITECTURE.md)" -le 250 ]
ok $? 'ARCHITECTURE.md has at most 250 lines'

# Names in backquotes that are a path of the tree or a source file's name; "NAME" stands for one.
named_files() {
	grep -oE '`[A-Za-z0-9_./-]+`' "$1" | tr -d '`' | grep -v NAME |
		grep -E '^(doc|tests|scripts|lib|kexec|kdump|hibernate|purgatory|include|initramfs|systemd)/.|^[A-Za-z0-9_-]+\.([chS]|pm|t|story)$' |
		grep -vE '^tests/[a-z]+/(bin|found)|^purgatory/[a-z0-9]+\.(elf|bin)$' | sort -u
}

for document in README.md doc/*.md; do
	missing=
	while read -r name; do
		case $name in
		*/*) [ -e "$name" ] || missing+=" $name" ;;
		*) [ -n "$(find lib kexec kdump hibernate purgatory include tests -name "$name" -print -quit)" ] || missing+=" $name" ;;
		esac
	done < <(named_files "$document")
	[ -z "$missing" ]
	ok $? "$document names files that exist" || diag "missing:$missing"

	missing=
	while read -r link; do
		[ -e "$(dirname "$document")/$link" ] || missing+=" $link"
	done < <(grep -oE '\]\([^)#:]+\)' "$document" | sed 's/^](//; s/)$//')
	[ -z "$missing" ]
	ok $? "$document links to files that exist" || diag "missing:$missing"
done
finish
