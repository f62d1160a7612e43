#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# khibernate on machines with little memory: a saver that would find too little to start cannot come back, and the saved
# kernel would be lost.
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
packed=$work/packed plain=$work/plain
truncate -s 8M "$packed"
{ printf 070701 && head -c 8388602 /dev/zero; } >"$plain"

# tries WINDOW INITRD: the kernel's init_size is 44 MiB; it takes 4 MiB to run.
tries() {
	printf '%s\n' "device=$device" "kernel=$kernel" "initrd=$2" prepare=no check-boot=no "window=$1" >"$conf"
	kexec hibernate --config="$conf"
}

too_small() { # too_small NAME NEEDED
	[ "$status" -eq 1 ] && [ -z "$calls" ] &&
		[[ $errors =~ the\ window\ .*has\ .*,\ and\ the\ kernel\ in\ it\ needs\ $2\ MiB\ to\ run,\ without\ which\ it\ could\ not\ come\ back ]]
	ok $? "$1" || show
}

tries 0x4000000-0x7ffffff "$plain"
too_small 'a window of 64 MiB is too small' '64\.[1-9]'
tries 0x4000000-0x80fffff "$plain"
[[ $calls == *reboot* ]]
ok $? 'one of 65 MiB is not' || show
tries 0x4000000-0x87fffff "$packed"
too_small 'an initramfs that is packed takes more' '72\.[1-9]'
tries 0x4000000-0x88fffff "$packed"
[[ $calls == *reboot* ]]
ok $? '73 MiB are enough for it' || show

# A kernel that is not to save anything is loaded as it is asked for.
KEXEC=$builddir/sbin/kexec
does 'kexec itself leaves that to its caller' 'kexec_load ' --load-preserve-context "$kernel" --initrd="$packed" \
	--mem-min=0x4000000 --mem-max=0x7efffff
finish
