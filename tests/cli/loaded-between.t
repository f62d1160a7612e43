#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Between khibernate's load and its jump another program loads a kernel, as a package's script does: the jump would go
# there. A RAID array that is dirty makes khibernate wait meanwhile.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
mkdir -m 777 "$work/dev" "$machine/proc/self"
device=$work/dev/disk
mkdir -p "$machine/sys/class/block" "$machine/sys/block/md0/md"
array=$machine/sys/block/md0/md/array_state
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
guard=$guard:$builddir/tests/tools/bin/preload_block.so
KEXEC=$sbin/khibernate
export PRELOAD_BLOCK=$work/dev
truncate -s 4M "$device"
"$sbin/kdump" --init "$device" || exit
settings=("--device=$device" "--kernel=$kernel" "--initrd=$initrd" "--config=$work/none.conf" --prepare=no)

# when_loaded COMMAND...: runs it when the saver is loaded; then the array is clean.
when_loaded() {
	echo active >"$array"
	rm -f "$work/done"
	(
		until [ -s "$machine"/run/kexec-jump.loaded ]; do sleep 0.02; done
		"$@"
		echo clean >"$array"
	) &
}

when_loaded true
kexec hibernate "${settings[@]}"
[[ $calls == *reboot* ]]
ok $? 'while nothing happens, it jumps' || show
wait
when_loaded rm "$machine/run/kexec-jump.loaded"
kexec hibernate "${settings[@]}"
[ "$status" -eq 1 ] && [[ $errors == *'another program loaded a kernel'*'it stays loaded, and nothing was saved'* ]]
ok $? 'a kernel that another program loaded is noticed' || show
[[ $calls != *reboot* ]]
ok $? 'is not jumped to' || show
[[ $calls != *'segments=0'* ]]
ok $? 'and not unloaded' || show
wait
echo 1 >"$machine/sys/kernel/kexec_loaded"
kexec hibernate "${settings[@]}"
[[ $output == *'kernel that was loaded for kexec -e is replaced, and is not the next boot'* ]]
ok $? 'one that was loaded before is said to be replaced' || show
finish
