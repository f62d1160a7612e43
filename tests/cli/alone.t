#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# khibernate while another one is at work on the same snapshot, and one that is to end while it prepares to save.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
conf=$work/kh.conf
device=$work/dev/disk
mkdir -p "$work/dev" "$machine/proc/self" "$machine/sys/class/block"
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
guard=$guard:$builddir/tests/tools/bin/preload_block.so
KEXEC=$sbin/khibernate
export PRELOAD_BLOCK=$work/dev
truncate -s 4M "$device"
PRELOAD_BLOCK='' "$sbin/kdump" --init "$device"
printf '%s\n' "device=$device" "kernel=$kernel" "initrd=$initrd" prepare=no check-boot=no >"$conf"
at_work='another khibernate is at work on a snapshot: try again when it has ended'
lock=$machine/run/khibernate.lock

does 'without another one' '$' expire --config="$conf"
[ "$(stat -c %a "$lock")" = 600 ]
ok $? 'no other user can take the lock' || show
exec 7<"$lock"
flock 7
for command in hibernate setup prepare cancel; do
	refused "$command, while another one is at work" "$at_work" "$command" --config="$conf"
done
does 'status' '$' status --config="$conf"
patience=1 kexec expire --config="$conf"
[ "$status" -eq 124 ]
ok $? 'expire waits for the other one' || show
flock -u 7
does 'then it has nothing to do' '$' expire --config="$conf"
flock 7
{ sleep 0.5 && flock -u 7; } &
kexec hibernate --config="$conf"
wait
[[ $calls == *reboot* ]]
ok $? 'one that ends at once is waited for' || show
exec 7<&-

as=(env --block-signal=TERM sh -c 'kill -TERM $$; exec "$@"' -)
kexec hibernate --config="$conf"
[ "$status" -eq 1 ] && [[ $errors == *'nothing is saved: this process was to end (Terminated)' ]] && [[ $calls != *reboot* ]] &&
	[[ $calls == *'segments=0 '* ]]
ok $? 'one that is to end does not jump, and unloads the saver' || show
as=(env --ignore-signal=HUP --block-signal=HUP sh -c 'kill -HUP $$; exec "$@"' -)
kexec hibernate --config="$conf"
[[ $calls == *reboot* ]]
ok $? 'a signal that it ignores, as by nohup, ends nothing' || show
as=()
kexec hibernate --config="$conf"
[[ $calls == *reboot* ]]
ok $? 'else it does' || show
finish
