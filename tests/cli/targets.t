#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What kdump and krestore --export must not write to: what they read from, a snapshot that is still wanted, somebody's
# files. Nothing is changed when they refuse.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
"$sbin/kdump" --format=khimage --from=core snapshot 2>/dev/null || exit
ln core link
ln -s snapshot other-name

# spares FILE NAME PATTERN COMMAND...
spares() {
	local file=$1 before
	before=$(md5sum "$file")
	refused "${@:2}"
	[ "$(md5sum "$file")" = "$before" ]
	ok $? "$2: nothing is changed"
}

itself='is also the source \((core|snapshot|other-name)\): writing to it would destroy it'
spares core "a core is not written over itself" "$itself" "$sbin/kdump" --from=core core
spares core "not under another name, either" "$itself" "$sbin/kdump" --from=core --overwrite link
spares core "nor made a khimage while it is read" "$itself" "$sbin/kdump" --format=khimage --from=core core
spares snapshot "a snapshot is not exported to itself" "$itself" "$sbin/krestore" --export=snapshot snapshot
spares snapshot "nor by another name" "$itself" "$sbin/krestore" --export=snapshot other-name
before=$(md5sum core)
"$sbin/kdump" --from=core - 2>errors >>core
[ $? -eq 1 ] && grep -qE "standard output $itself" errors && [ "$(md5sum core)" = "$before" ]
ok $? "a core is not appended to itself" || diag "$(cat errors)"

spares snapshot "a khimage does not become an ELF core by itself" "snapshot is a khimage: give --format=khimage, or --format=elf" \
	"$sbin/kdump" --from=core snapshot
cp snapshot given
works "it does when that is said" "$sbin/kdump" --format=elf --from=core given
cp snapshot waiting
spares waiting "a snapshot that was not restored is not exported over" "waiting holds a snapshot that was not restored yet" \
	"$sbin/krestore" --export=waiting core
spares waiting "nor made an empty one" "not restored yet; --overwrite" "$sbin/kdump" --init waiting

limited() {
	(ulimit -f 2048 && exec "$@")
}
refused "a file over the limit" "cannot write to limited.*: File too large" limited "$sbin/kdump" --from=core limited
refused "an export over the limit" "cannot write to limited.*: File too large" limited "$sbin/krestore" --export=limited core
spares core "a file with something in it is not made a khimage" \
	"core is a file with something else in it, which would be lost; --overwrite" "$sbin/kdump" --init core
spares core "it is no khimage to be discarded" "core: no khimage" "$sbin/kdump" --discard core
: >nothing
works "an empty file is made one" "$sbin/kdump" --init nothing
truncate -s 4M zeros
works "so is one of zeros" "$sbin/kdump" --init zeros
cp core given
works "--overwrite takes a file" "$sbin/kdump" --init --overwrite given
[ "$(shell_value KJUMP_STATE nothing)$(shell_value KJUMP_STATE given)" = emptyempty ]
ok $? "both are khimages"
refused "a folder is none" '^kdump: \. is neither a block device nor a file$' "$sbin/kdump" --init .
refused "nor is a terminal, by force" '^kdump: /dev/tty is neither a block device nor a file$' \
	"$sbin/kdump" --init --overwrite /dev/tty
for action in --init --discard; do
	refused "$action takes no stream" "not in a stream" "$sbin/kdump" "$action" -
	[ ! -e ./- ]
	ok $? "$action: no file is made"
	refused "$action needs a device" "one device or file is needed" "$sbin/kdump" "$action"
done
spares snapshot "--init and --discard are two things" "only one of them" "$sbin/kdump" --init --discard snapshot

# What is saved is everybody's secrets.
umask 022
"$sbin/kdump" --from=core fresh 2>/dev/null
"$sbin/kdump" --format=khimage --from=core fresh-snapshot 2>/dev/null
"$sbin/kdump" --init fresh-empty
"$sbin/krestore" --export=fresh-export snapshot
for file in fresh fresh-snapshot fresh-empty fresh-export; do
	[ "$(stat -c %a "$file")" = 600 ]
	ok $? "$file is for its owner alone"
done
finish
