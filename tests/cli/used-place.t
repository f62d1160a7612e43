#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Snapshots are to lie on a RAID1, and since setup something else has come to use the array, without a change to its
# beginning: hibernate would write over it, as the disks below are written. Or a disk of the array is rebuilt.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
mib=$((1024 * 1024))
# Below /dev, where the kernel's names are.
devices=$(mktemp -d /dev/shm/kexec-jump-XXXXXX 2>/dev/null) || {
	echo '1..0 # SKIP there is no /dev/shm'
	exit 0
}
chmod 777 "$devices"
mkdir -m 777 "$machine/proc/self"
mkdir -p "$machine/sys/class/block"
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
guard=$guard:$builddir/tests/tools/bin/preload_block.so
KEXEC=$sbin/khibernate
export PRELOAD_BLOCK=$devices

# The folder in sysfs of one of the devices.
sysfs() {
	echo "$machine/sys/dev/block/259:$(($(stat -c %i "$devices/$1") & 0xfffff))"
}
truncate -s 6M "$devices/disk"
truncate -s 4M "$devices/array"
"$builddir/tests/tools/bin/mkparts" "$devices/disk" $mib:$((4 * mib)) >/dev/null || exit
part=$(sysfs array)/md/dev-disk
mkdir -p "$(sysfs disk)" "$part/block"
echo "DEVNAME=${devices#/dev/}/disk" >"$(sysfs disk)/uevent"
echo raid1 >"${part%/*}/level"
echo in_sync >"$part/state"
echo 2048 >"$part/offset"
disk=$(sysfs disk)
echo "${disk##*/}" >"$part/block/dev"
printf '%s\n' "device=$devices/disk@$mib" "file=$devices/array" "kernel=$kernel" "initrd=$initrd" prepare=no \
	check-boot=no >"$work/kh.conf"

kexec hibernate --config="$work/kh.conf"
[[ $calls == *reboot* ]]
ok $? 'an array that nothing uses holds the snapshot' || show
export PRELOAD_BLOCK_USED=$devices/array
kexec hibernate --config="$work/kh.conf"
[ "$status" -eq 1 ] && [[ $errors == *"$devices/array is in use"* && $calls != *reboot* ]]
ok $? 'not one that is in use' || show
unset PRELOAD_BLOCK_USED

# A second disk, which the array had at setup.
truncate -s 6M "$devices/disk2"
PRELOAD_BLOCK='' "$builddir/tests/tools/bin/mkparts" "$devices/disk2" $mib:$((4 * mib)) >/dev/null || exit
second=$(sysfs array)/md/dev-disk2
mkdir -p "$(sysfs disk2)" "$second/block"
echo "DEVNAME=${devices#/dev/}/disk2" >"$(sysfs disk2)/uevent"
disk=$(sysfs disk2)
echo "${disk##*/}" >"$second/block/dev"
echo 2048 >"$second/offset"
echo spare >"$second/state"
both=$devices/disk@$mib,$devices/disk2@$mib
sed -i "s#^device=.*#device=$both#" "$work/kh.conf"
"$builddir/tests/tools/bin/mkcore" "$work/core" 100 1 || exit
PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --from="$work/core" "$both" 2>/dev/null || exit
kexec hibernate --config="$work/kh.conf"
[ "$status" -eq 1 ] && [[ $errors == *'was moved on its disk since setup'* && $calls != *reboot* ]]
ok $? 'nothing is saved while the array is rebuilt' || show
kexec expire --config="$work/kh.conf"
[ "$status" -eq 0 ] && [[ $output == *'it is given up'* ]]
ok $? 'but a snapshot that waits is given up' || show
for name in "$devices/disk@$mib" "$devices/disk2@$mib"; do
	[[ $(PRELOAD_BLOCK='' "$sbin/kjump_back_param" --shell "$name") == *"KJUMP_STATE='empty'"* ]]
	ok $? "on ${name##*/}"
done
PRELOAD_BLOCK='' "$sbin/kdump" --format=khimage --from="$work/core" "$both" 2>/dev/null || exit
sed -i "s#^device=.*#device=$devices/disk2@$mib#" "$work/kh.conf"
kexec expire --config="$work/kh.conf"
[ "$status" -eq 1 ] && [[ $errors == *'nothing is written to'*'was moved on its disk'* ]]
ok $? 'nothing is written to a disk that is not the file'"'"'s' || show
rm -rf "$devices"
finish
