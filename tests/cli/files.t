#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files that are no kernel, or only a part of one.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g

# Each way of loading goes through the same door: --load-preserve-context, -l -c, and -l, which tries
# kexec_file_load first, where the kernel itself would look at the file.
load=(--load-preserve-context)

no_file() { # no_file NAME PATTERN PATH: as kernel and as initrd
	refused "kernel: $1" "kernel image \"$3\"[: ].*$2" "${load[@]}" "$3"
	refused "initrd: $1" "initrd \"$3\"[: ].*$2" "${load[@]}" "$kernel" --initrd="$3"
}

mkfifo "$work/fifo"
: >"$work/empty"
mkdir "$work/folder"
no_file 'not there' 'No such file' "$work/none"
no_file 'a directory' 'is a directory, not a file' "$work/folder"
no_file 'a FIFO does not block' 'is a FIFO .*not a file' "$work/fifo"
no_file '/dev/zero' 'is a device, not a file' /dev/zero
no_file 'empty' 'is empty' "$work/empty"

for load in -l "-l -c" "-l -s" -f; do
	# shellcheck disable=SC2206 # two words
	load=($load)
	refused "${load[*]}: no file" 'cannot open kernel image .*No such file' "${load[@]}" "$work/none"
	refused "${load[*]}: a directory" 'is a directory' "${load[@]}" "$work/folder"
	refused "${load[*]}: a FIFO" 'is a FIFO' "${load[@]}" "$work/fifo"
	refused "${load[*]}: /dev/zero" 'is a device' "${load[@]}" /dev/zero
	refused "${load[*]}: an initrd that is a FIFO" 'initrd .* is a FIFO' "${load[@]}" "$kernel" --initrd="$work/fifo"
done
load=(--load-preserve-context)

# The lengths at which something else ends: nothing, the boot sector, the header by its own length,
# setup code, the kernel by syssize (80000 bytes after 1536), with a byte less and more each.
cut=$work/cut
for length in 1 2 511 512 513 517 518 529 530 619 620 1023 1024 1535 1536 1537 8192 81535; do
	head -c $length "$kernel" >"$cut"
	pattern='the kernel is cut off'
	[ $length -ge 512 ] || pattern="not a kernel image \\($length bytes\\)"
	refused "a bzImage of $length bytes" "\"$cut\": $pattern" "${load[@]}" "$cut"
	refused "a bzImage of $length bytes, -l -c" "\"$cut\": $pattern" -l -c "$cut"
done
for length in 1 3 4 15 16 51 52 63 64 119 120 175; do
	head -c $length "$machine/boot/program" >"$cut"
	refused "an ELF program of $length bytes" "\"$cut\": (not a kernel image|.*cut off)" "${load[@]}" --args-none "$cut"
done
if command -v gzip >/dev/null && gzip -c "$kernel" >"$work/kernel.gz"; then
	size=$(stat -c %s "$work/kernel.gz")
	for length in 2 10 $((size / 2)) $((size - 9)) $((size - 1)); do
		head -c "$length" "$work/kernel.gz" >"$cut"
		refused "a gzip file cut at $length of $size bytes" "\"$cut\": .*(cut off|not compiled in|without)" \
			"${load[@]}" "$cut"
	done
fi

head -c 100000 "$initrd" >"$work/noise"
refused 'noise' 'not a kernel image \(30000 bytes\): neither a bzImage \("HdrS" at 0x202\) nor an ELF file' \
	"${load[@]}" "$work/noise"
cp "$kernel" "$work/magic"
printf 'X' | dd of="$work/magic" bs=1 seek=$((0x202)) conv=notrunc status=none
refused 'a bzImage with another magic' 'neither a bzImage' "${load[@]}" "$work/magic"
printf '#!/bin/sh\n' >"$work/script"
refused 'a script' 'It is a script' "${load[@]}" "$work/script"
printf '070701' >"$work/cpio"
refused 'an initramfs' 'give an initramfs with --initrd' "${load[@]}" "$work/cpio"
refused 'an unknown type' 'unknown image type "pe"; there are bzImage64, bzImage, multiboot2-x86' -t pe "${load[@]}" "$kernel"
refused 'another type' 'not of type elf-x86_64 .* but bzImage64' -t elf-x86_64 "${load[@]}" "$kernel"

if [ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$KEXEC" 2>/dev/null; then
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
if [ "$(id -u)" -ne 0 ] || [ ${#as[@]} -gt 0 ]; then
	cp "$kernel" "$work/secret"
	chmod 000 "$work/secret"
	refused 'a file that may not be read' 'kernel image ".*/secret": Permission denied' "${load[@]}" "$work/secret"
fi
finish
