#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What saves and restores needs no more than 16 MiB of memory, in however many pieces a kernel's memory is. A restore
# by placement needs, beside all memory that it takes for the snapshot, 32 MiB and 8 bytes for each page.
# That is a limit of the process's data: heap, stacks, private memory of any other kind, used or not.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"
# shellcheck source=tests/lib/placing.sh
. "$srcdir/tests/lib/placing.sh"

# Threads get a stack as large as the limit for stacks. The sanitizers reserve terabytes.
limited() { # limited KIB COMMAND...
	if ! grep -q __asan_init "$KEXEC"; then
		ulimit -s 256 && ulimit -d "$1" || return
	fi
	"${@:2}"
}

within() { # within KIB NAME COMMAND...: succeeds; what it prints or writes to standard output is of no interest
	(limited "$1" "${@:3}") >/dev/null 2>errors </dev/null
	ok $? "$2: $(($1 / 1024)) MiB are enough" || diag "$(cat errors)"
}

has() { # has COMPRESSION: whether this build knows it
	! "$sbin/kdump" --format=khimage --compress="$1" --from=nothing nowhere 2>&1 | grep -q 'this build knows no'
}

# Each page apart from the next; some have content, the others are shown only.
"$builddir/tests/tools/bin/mksaved" core 1024 262144 32 || exit
truncate -s 2100M memory
within 16384 "kdump, ELF" "$sbin/kdump" --from=core -
within 16384 "kdump, ELF without zeros" "$sbin/kdump" --exclude=zero --from=core -
for compression in none auto lz4 zstd; do
	has "$compression" || continue
	within 16384 "kdump, khimage, $compression" \
		"$sbin/kdump" --format=khimage --compress="$compression" --exclude=zero --from=core snapshot
	within 16384 "krestore --check, khimage, $compression" "$sbin/krestore" --check --memory=memory snapshot
	within 16384 "krestore --export, khimage, $compression" "$sbin/krestore" --export=- snapshot
	within 16384 "kjump_back_param, khimage, $compression" "$sbin/kjump_back_param" snapshot
	rm -f snapshot
done
within 16384 "krestore --check, ELF" "$sbin/krestore" --check --memory=memory core
within 16384 "kjump_back_param, ELF" "$sbin/kjump_back_param" core
rm -f core memory

# To write so much takes long. With fewer pieces less has to do; and what was written is the same in each way.
"$builddir/tests/tools/bin/mksaved" core 200 51200 5 || exit
restored() { # restored NAME SNAPSHOT MEMORY
	truncate -s 432M "$3"
	within 6144 "krestore, $1" "$sbin/krestore" --memory="$3" "$2"
}
restored "ELF" core memory
"$sbin/kdump" --format=khimage --exclude=zero --from=core snapshot 2>/dev/null
"$sbin/krestore" --export=exported snapshot
restored "khimage" snapshot memory.2
cmp memory memory.2
ok $? "the same comes to memory"
rm -f memory.2
restored "ELF made of that" exported memory.2
cmp memory memory.2
ok $? "the same comes to memory"
rm -f memory.2 exported

# On a machine with 448 MiB, which krestore takes.
placed() { # placed NAME SNAPSHOT
	local mebibytes=448
	(limited $((mebibytes * 1024 + 32 * 1024 + mebibytes * 2)) \
		placing machine "$sbin/krestore" --method=place --force "$2") >/dev/null 2>errors
	ok $? "krestore --method=place, $1: 32 MiB and 8 bytes a page are enough" || diag "$(cat errors)"
}
if [ -e "$builddir/tests/tools/bin/preload_pagemap.so" ] && placing_machine machine 448; then
	placed "ELF" core
	for compression in none lz4 zstd; do
		has "$compression" || continue
		"$sbin/kdump" --format=khimage --compress="$compression" --exclude=zero --from=core snapshot 2>/dev/null
		placed "khimage, $compression" snapshot
		rm snapshot
	done
fi

# On one with two hundred times as much memory as the snapshot has, some of it far up, 8 bytes for each of the snapshot's pages
# are enough, beside these pages. A program of 32 bits has no addresses for so much.
own_kib() {
	local of_snapshot most=0
	of_snapshot=$(sed -n 's/^snapshot: \([0-9]*\).* MiB in .*/\1/p' output)
	of_snapshot=$((of_snapshot * 1024))
	most=$(awk '/^Rss:/ { print $2 }' cost)
	echo "$((most - of_snapshot)) $((of_snapshot / 512 + 32 * 1024))"
}
if [ -e "$builddir/tests/tools/bin/preload_pagemap.so" ] && [ "$(od -An -tu1 -j4 -N1 "$KEXEC")" -eq 2 ] &&
	! grep -q __asan_init "$KEXEC" && placing_machine large 40960 10000000000; then
	PRELOAD_KEXEC_COST=$work/cost placing large "$sbin/krestore" --method=place --force core >output 2>errors
	ok $? "krestore --method=place on a machine of 40 GiB and more" || diag "$(cat errors)"
	read -r own most < <(own_kib)
	[ "$own" -le "$most" ]
	ok $? "its own memory is that of the snapshot's pages, not of the machine's" || diag "$own KiB, and not $most"
fi
finish
