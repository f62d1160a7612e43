#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where this system's snapshots are encrypted, a boot finds a plain one: it resumes nothing, changes nothing, and says so;
# then the system that it has booted ends it.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
mkdir -m 777 "$work/dev" "$machine/proc/self"
mkdir -p "$machine/sys/class/block"
device=$work/dev/disk conf=$work/kh.conf
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
guard=$guard:$builddir/tests/tools/bin/preload_block.so
KEXEC=$sbin/khibernate
export PRELOAD_BLOCK=$work/dev
"$builddir/tests/tools/bin/mkcore" "$work/core" 100 1 || exit
truncate -s 4M "$device"
echo secret >"$work/pass"
if ! PRELOAD_BLOCK='' "$sbin/khibernate" keys --config="$conf" --passphrase-file="$work/pass" >/dev/null 2>&1; then
	echo '1..0 # SKIP this build cannot encrypt'
	exit 0
fi
printf '%s\n' "device=$device" "kernel=$kernel" "initrd=$initrd" encrypt=yes >"$conf"

save() { # save OPTION...
	PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --from="$work/core" "$@" "$device" 2>/dev/null
}
state_is() { # state_is NAME STATE
	[ "$(PRELOAD_BLOCK='' "$sbin/kjump_back_param" --shell "$device" | sed -n "s/^KJUMP_STATE='\(.*\)'/\1/p")" = "$2" ]
	ok $? "$1" || diag "$(PRELOAD_BLOCK='' "$sbin/kjump_back_param" "$device")"
}
leaves_alone() { # leaves_alone NAME
	local before
	before=$(sha256sum <"$device")
	kexec resume --boot --config="$conf"
	[ "$status" -eq 1 ] && [[ $errors == *'the snapshot is left alone'* ]] && [[ $calls != *kexec_load* ]]
	ok $? "$1" || show
	[ "$(sha256sum <"$device")" = "$before" ]
	ok $? 'nothing of it is changed, no attempt counted'
}

"$sbin/kdump" --init "$device" && save
leaves_alone 'a plain snapshot is not resumed'
state_is 'it is still committed' committed
does 'the system that has booted gives it up' '$' expire --config="$conf"
said 'and says whose it may have been' 'it is given up; it was not encrypted, as this system.s are: another system wrote it, or'
state_is 'no later boot takes it' empty
"$sbin/khibernate" keys --config="$work/other.conf" --passphrase-file="$work/pass" >/dev/null
save --encrypt="$work/other/saving.key"
does 'one that was encrypted by other keys is given up as well' '$' expire --config="$conf"
said 'without that' 'it is given up$'
finish
