#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A device that a jump loses refuses it, with the name of its driver; an option insists. A balloon or a watchdog gives a warning.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g

drivers=$machine/sys/bus/virtio/drivers
mkdir -p "$drivers/virtio_gpu" "$machine/proc"
does 'a driver without a device' 'kexec_load ' --load-preserve-context "$kernel"
ln -s ../../../../devices/pci0000:00/0000:00:02.0/virtio0 "$drivers/virtio_gpu/virtio0"
echo '0000000000000000 t virtio_gpu_probe	[virtio_gpu]' >>"$machine/proc/kallsyms"
echo '0000000000000000 t virtblk_restore	[virtio_blk]' >>"$machine/proc/kallsyms"
refused 'a display by virtio' 'virtio_gpu cannot restore the display.*module_blacklist=virtio_gpu.*--lose-devices' \
	--load-preserve-context "$kernel"
refused 'its plan' 'virtio_gpu cannot restore' --dry-run --root="$machine" --load-preserve-context "$kernel"
does 'an ordinary load does not matter' 'kexec_load ' -l -c "$kernel"
does '--lose-devices insists' 'kexec_load ' --lose-devices --load-preserve-context "$kernel"
echo '0000000000000000 t virtgpu_restore	[virtio_gpu]' >>"$machine/proc/kallsyms"
does 'a driver that can restore it' 'kexec_load ' --load-preserve-context "$kernel"
# Those without a restore in drivers/iommu/virtio-iommu.c, drivers/nvdimm/virtio_pmem.c, net/9p/trans_virtio.c,
# drivers/bluetooth/virtio_bt.c, drivers/gpio/gpio-virtio.c, drivers/net/caif/caif_virtio.c and
# drivers/rpmsg/virtio_rpmsg_bus.c.
while read -r driver function what; do
	mkdir "$drivers/$driver"
	echo "0000000000000000 t ${function}probe	[$driver]" >>"$machine/proc/kallsyms"
	does "$driver without a device" 'kexec_load ' --load-preserve-context "$kernel"
	ln -s ../../../../devices/pci0000:00/0000:00:03.0/virtio1 "$drivers/$driver/virtio1"
	refused "$driver with one" "$driver cannot restore $what.*module_blacklist=$driver" --load-preserve-context "$kernel"
	echo "0000000000000000 t ${function}restore	[$driver]" >>"$machine/proc/kallsyms"
	does "$driver that can" 'kexec_load ' --load-preserve-context "$kernel"
done <<END
virtio_iommu viommu_ the IOMMU
virtio_pmem virtio_pmem_ the persistent memory
9pnet_virtio p9_virtio_ the shared folder
virtio_bt virtbt_ the Bluetooth adapter
gpio_virtio virtio_gpio_ the GPIO lines
caif_virtio cfv_ the modem
virtio_rpmsg_bus rpmsg_ the remote processor
END
# The balloon's driver can restore it, but B's would take memory that B has not.
mkdir "$drivers/virtio_balloon"
does 'a balloon that the machine has not' 'kexec_load ' --load-preserve-context "$kernel"
ln -s ../../../../devices/pci0000:00/0000:00:04.0/virtio2 "$drivers/virtio_balloon/virtio2"
kexec --load-preserve-context "$kernel"
[ "$status" -eq 0 ] && [[ $errors =~ 'balloon by virtio'.*module_blacklist=virtio_balloon ]]
ok $? 'a balloon: a warning' || show
does 'a kernel without its driver' 'kexec_load ' --load-preserve-context "$kernel" --append=module_blacklist=virtio_balloon
does 'an ordinary load has all memory' 'kexec_load ' -l -c "$kernel"
rm "$drivers/virtio_balloon/virtio2"
# A watchdog that nobody feeds while B runs.
watchdog=$machine/sys/class/watchdog/watchdog0
mkdir -p "$watchdog"
echo inactive >"$watchdog/state"
echo 'i6300ESB timer' >"$watchdog/identity"
kexec --load-preserve-context "$kernel"
[ "$status" -eq 0 ] && [ -z "$errors" ]
ok $? 'a watchdog that does not run' || show
echo active >"$watchdog/state"
kexec --load-preserve-context "$kernel"
[ "$status" -eq 0 ] && [[ $errors =~ 'watchdog i6300ESB timer runs'.*'opened anew' ]]
ok $? 'one that does: a warning' || show
kexec -l -c "$kernel"
[ "$status" -eq 0 ] && [ -z "$errors" ]
ok $? 'none for an ordinary load' || show
rm -r "$machine/sys/class/watchdog"

# A stick that is mounted when the jump is loaded already. Its file is outside /dev here, so its name leads there.
guard=$guard:$builddir/tests/tools/bin/preload_block.so
mkdir -m 777 "$work/dev" "$machine/proc/self"
mkdir -p "$machine/sys/class/block" "$machine/sys/dev/block"
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
truncate -s 4M "$work/dev/stick"
does 'nothing is plugged in' 'kexec_load ' --load-preserve-context "$kernel"
echo 1 >"$machine/sys/kernel/kexec_loaded"
does 'the jump' 'sync.*reboot' -e
stick=shm!..!..${work//\//!}!dev!stick
export PRELOAD_BLOCK=$work/dev PRELOAD_BLOCK_USED=/dev/${stick//!//}
numbers=259:$(($(stat -c %i "$work/dev/stick") & 0xfffff)) path=devices/pci0000:00/0000:00:14.0/usb2/2-1/block/stick
mkdir -p "$machine/sys/$path"
ln -s "../../$path" "$machine/sys/dev/block/$numbers"
touch "$machine/sys/class/block/$stick"
refused 'a disk on USB that is mounted since the load' 'stick is in use, a disk on USB.*--lose-devices' -e
does '--lose-devices insists, then, too' 'sync.*reboot' -e --lose-devices
finish
