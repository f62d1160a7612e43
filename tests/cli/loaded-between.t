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
	rm -f "$machine/run/kexec-jump.loaded"
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
# The guard lets it start no program.
mkdir -p "$machine/run/systemd/system"
kexec hibernate "${settings[@]}"
[[ $calls == *reboot*segments=0* && $errors == *'by hand: systemctl --no-block try-restart kexec-load.service'* ]]
ok $? 'and is loaded again by its unit when this kernel is back' || show
rm "$machine/sys/kernel/kexec_loaded"
echo 0 >"$machine/sys/kernel/kexec_loaded"
kexec hibernate "${settings[@]}"
[[ $calls == *reboot* && $errors != *systemctl* ]]
ok $? 'where none was loaded, none is' || show
rm -r "$machine/run/systemd"

# A stick is plugged in and mounted. Its file is outside /dev here, so its name leads there.
stick=shm!..!..${work//\//!}!dev!stick
PRELOAD_BLOCK_USED=/dev/${stick//!//}
export PRELOAD_BLOCK_USED
plug_in() {
	local numbers=259:$(($(stat -c %i "$work/dev/stick") & 0xfffff)) path=devices/pci0000:00/0000:00:14.0/usb2/2-1/block/stick
	mkdir -p "$machine/sys/$path" "$machine/sys/dev/block"
	ln -s "../../$path" "$machine/sys/dev/block/$numbers"
	touch "$machine/sys/class/block/$stick"
}
truncate -s 4M "$work/dev/stick"
when_loaded plug_in
kexec hibernate "${settings[@]}"
[ "$status" -eq 1 ] && [[ $errors == *'stick is in use, a disk on USB'*--force* ]] && [[ $calls != *reboot* ]]
ok $? 'a disk on USB that is mounted meanwhile is noticed' || show
[[ $calls == *'segments=0'* ]]
ok $? 'and the saver is unloaded' || show
wait
kexec hibernate "${settings[@]}" --force
[[ $calls == *reboot* ]]
ok $? '--force insists' || show
finish
