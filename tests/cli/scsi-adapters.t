#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# SCSI adapters that lose what was sent to them are reset after a jump, each by one of its disks, and no others.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g

# has_adapter DRIVER NUMBER: the machine has one, with two disks. The guard knows their names.
has_adapter() {
	local devices=../../../../devices/pci0000:00/0000:00:0$2.0 disk path
	mkdir -p "$machine/sys/bus/pci/drivers/$1"
	ln -s "../../../../module/$1" "$machine/sys/bus/pci/drivers/$1/module"
	ln -s "$devices" "$machine/sys/bus/pci/drivers/$1/0000:00:0$2.0"
	for disk in kexec-jump-$1-a kexec-jump-$1-b; do
		path=devices/pci0000:00/0000:00:0$2.0/host$2/target$2:0:0/$2:0:0:0/block/$disk
		mkdir -p "$machine/sys/$path"
		ln -s "../$path" "$machine/sys/block/"
		: >"$machine/dev/$disk"
	done
}

guard=$guard:$builddir/tests/tools/bin/preload_block.so
export PRELOAD_BLOCK=$machine/dev
mkdir -p "$machine/sys/block"
does 'a jump is loaded' 'kexec_load ' --load-preserve-context "$kernel"
echo 1 >"$machine/sys/kernel/kexec_loaded"
does 'a machine without' $'sync\nreboot [^\n]*$' -e
has_adapter megaraid_sas 1
does 'one that its driver restores' $'sync\nreboot [^\n]*$' -e
has_adapter vmw_pvscsi 2
does 'one by VMware' $'sync\nreboot [^\n]*\nreset [^\n]*-vmw_pvscsi-[ab]$' -e
has_adapter sym53c8xx 3
does 'one by LSI, too' $'sync\nreboot [^\n]*\nreset [^\n]*-vmw_pvscsi-[ab]\nreset [^\n]*-sym53c8xx-[ab]$' -e
errno='reboot=22' kexec -e
[ "$status" -eq 1 ] && [[ $calls =~ reset ]]
ok $? 'a refused jump has reset them, as the kernel may have suspended them' || show
does 'they refuse no jump' 'kexec_load ' --load-preserve-context "$kernel"
finish
