#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A device whose driver cannot restore it refuses a jump, with the driver's name; an option insists.
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
finish
