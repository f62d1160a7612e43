#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Which commit messages lint refuses.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
command -v git >/dev/null || {
	echo '1..0 # SKIP there is no git'
	exit 0
}
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-commits-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
git init -q . && git commit -q --allow-empty -m 'anything at all, as it was before the rule'

# says NAME PATTERN MESSAGE: of a commit with this message; an empty PATTERN is a message that is accepted.
says() {
	local said status
	git commit -q --allow-empty -m "$3"
	said=$("$srcdir/scripts/commits" HEAD~1 2>&1)
	status=$?
	if [ -z "$2" ]; then [ "$status" -eq 0 ] && [ -z "$said" ]; else [ "$status" -eq 1 ] && [[ $said =~ $2 ]]; fi
	ok $? "$1" || diag "$said"
}

subject="area: $(printf '%066d' 0)"
says 'a subject of 72 characters' '' "$subject"
says 'with a body' '' "$subject"$'\n\nSome reason.\nIn two lines.'
says 'a subject of 73' 'a subject of 73 characters \(at most 72\): area: 0' "${subject}0"
says 'a subject without its area' 'not "area: verb' 'Make it better'
says 'a subject with a full stop' 'without a full stop' 'area: make it better.'
printf 'area: make it\nbetter\n' >message
git commit -q --allow-empty --cleanup=verbatim -F message
[[ $("$srcdir/scripts/commits" HEAD~1) == *'no blank line'* ]]
ok $? 'a body right behind the subject'
[ "$("$srcdir/scripts/commits" HEAD~4 | grep -c '^commit ')" -eq 4 ]
ok $? 'all commits since the base are looked at'

# A build folder that .gitignore does not know.
mkdir -p b64/lib && echo >b64/config.status && echo >b64/lib/span.o && echo >b64/span.c
git add -A && git commit -q -m 'area: add a source'
said=$("$srcdir/scripts/commits" HEAD~1) || true
[ "$said" = $'b64/config.status: what a build makes is no source\nb64/lib/span.o: what a build makes is no source' ]
ok $? 'what a build makes' || diag "$said"
finish
