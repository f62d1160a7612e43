#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Windows, sizes and limits: parts that do not fit are refused with the numbers, before anything is loaded.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
jump=(--load-preserve-context "$kernel" --initrd="$initrd")

for load in --load-preserve-context "-l -c" -l; do
	# shellcheck disable=SC2086 # two words
	refused "$load: --mem-min above --mem-max" '--mem-min 0x9000000 is above --mem-max 0x8000000' \
		$load "$kernel" --mem-min=0x9000000 --mem-max=0x8000000
done
refused 'a window below the jump'"'"'s reach' 'window 0x0-0xfffff holds no RAM above 1 MiB' \
	"${jump[@]}" --mem-min=0 --mem-max=0xfffff
refused 'a window without RAM' 'window 0x50000000-0x5fffffff holds no RAM' \
	"${jump[@]}" --mem-min=0x50000000 --mem-max=0x5fffffff
refused 'a window above half of RAM' 'holds 512.0 MiB of RAM.*at most 484.5 MiB .*smaller window' \
	"${jump[@]}" --mem-min=0x4000000 --mem-max=0x23ffffff
refused 'a window that is above half of RAM with low memory' \
	'496248 KiB are to be loaded or kept.*at most 496192 KiB' "${jump[@]}" --mem-min=0x4000000 --mem-max=0x223fffff
refused 'a window without room for the kernel' \
	'window 0x4000000-0x5ffffff is too small: no room for the kernel; needed are .*kernel 44.0 MiB.*initrd 32.0 KiB' \
	"${jump[@]}" --mem-min=0x4000000 --mem-max=0x5ffffff
refused 'a window below where the kernel can run' 'no room for the kernel from 0x1000000 on; needed' \
	"${jump[@]}" --mem-min=0x100000 --mem-max=0xffffff
refused 'a window that is one page too small' 'no room for the initrd; needed.*45216 KiB; .* 28 KiB' \
	"${jump[@]}" --mem-min=0x4000000 --mem-max=0x6c26fff
refused 'no window can be chosen' 'found no window: .*0x3e000000.*--mem-min and --mem-max, or .*crashkernel=' \
	"${jump[@]}" --mem-min=0x3e000000
does 'a window that is exactly large enough' 'kexec_load entry=0x6c00000 segments=6 flags=0x3e0002' \
	"${jump[@]}" --mem-min=0x4000000 --mem-max=0x6c27fff
refused 'a program without memory at its place' 'program has to be at 0x400000-0x401fff, which is not free memory' \
	--load-preserve-context --args-none "$machine/boot/program" --mem-min=0x800000 --mem-max=0xffffff

truncate -s 200M "$work/initrd"
refused 'an initrd that does not fit' 'no room for the initrd; needed are.*initrd 200.0 MiB' \
	"${jump[@]/$initrd/$work/initrd}" --mem-min=0x4000000 --mem-max=0xbffffff
truncate -s 900M "$work/initrd"
refused 'an initrd of almost all memory' '(no room for the initrd|KiB are to be loaded).*' -l -c "$kernel" --initrd="$work/initrd"

# 2047 is the kernel's cmdline_size; a jump keeps 41 bytes for its entry, and elfcorehdr= takes 21.
long=$(printf '%02047d' 0)
does 'a command line of just the length that the kernel takes' 'kexec_load ' -l -c "$kernel" --append="$long"
refused 'one byte more' 'command line has 2048 bytes; this kernel takes at most 2047' -l -c "$kernel" --append="x$long"
does 'of a jump, with room for its entry' 'kexec_load ' "${jump[@]}" --mem-max=0xaffffff --append="${long:0:1985}"
refused 'of a jump, one byte more' 'command line has 2007 bytes and needs 41 more for kexec_jump_back_entry=.*2047' \
	"${jump[@]}" --mem-max=0xaffffff --append="${long:0:1986}"
refused 'together with this kernel'"'"'s' 'command line has 2049 bytes; ' \
	-l -c "$kernel" --reuse-cmdline --append="${long:0:2025}"

"$builddir/tests/tools/bin/mkmachine" "$srcdir/tests/golden/ranges-200.machine" "$machine"
refused 'more than 16 segments' '34 segments are needed, and the kernel takes at most 16: .*window with fewer' \
	--load-preserve-context "$machine/boot/kernel-small" --mem-min=0x7e000000 --mem-max=0x8effffff
finish
