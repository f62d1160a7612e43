#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One test by any part of its name: tests/one finds it, and a test that is started by itself finds the build. Which
# stories run side by side.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

# runs PATTERN COMMAND...: its output, without anything of "make check" or prove in its environment.
runs() {
	local said
	said=$(env -u KEXEC -u srcdir -u VERSION -u PERL5LIB -u HARNESS_ACTIVE -u HARNESS_VERSION -u HARNESS_IS_VERBOSE \
		builddir="$builddir" "${@:2}" 2>&1)
	[[ $said =~ $1 ]] || { diag "$said" && return 1; }
}

one=$srcdir/tests/one
runs "golden/hole \.\.(.*)ok 2 - hole\.jump(.*)Result: PASS" "$one" golden/hol
ok $? "a part of a name is enough"
runs "golden/hole \.\.(.*)Files=1," "$one" golden/hole
ok $? "a test alone shows all that it says"
runs "Files=1," "$one" golden/crashkernel
ok $? "a name in full means that test alone, not those whose names begin so"
runs "Files=3," "$one" golden/i386-
ok $? "one that is a part of several means all of them"
runs "contains 'none-such'" "$one" none-such
ok $? "one that is a part of none is refused"
"$one" none-such 2>/dev/null
[ $? -eq 1 ]
ok $? "and the status says so"
runs "^ok 1 - hole has runs(.*)1\.\.[0-9]+$" "$srcdir/tests/golden/plans.t" hole
ok $? "a test in Perl finds the build by itself"
runs "^ok 1 - (.*)1\.\.[0-9]+$" "$srcdir/tests/cli/no-snapshot.t"
ok $? "and so does one in bash"

stories_alone=$("$srcdir/tests/vm/alone" yes) stories_beside=$("$srcdir/tests/vm/alone" no)
grep -qx stories/twenty-round-trips <<<"$stories_alone" && ! grep -qx stories/twenty-round-trips <<<"$stories_beside"
ok $? "a story of two CPUs runs alone"
grep -qx stories/round-trip <<<"$stories_beside" && ! grep -qx stories/round-trip <<<"$stories_alone"
ok $? "one of one CPU runs beside others"
cmp <(cd "$srcdir/tests/vm" && printf '%s\n' stories/*.story | sort) <(printf '%s.story\n' $stories_alone $stories_beside | sort)
ok $? "each story is run once"
finish
