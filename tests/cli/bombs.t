#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shellcheck disable=SC2034 # cli.sh uses some
#
# Files that never end, or that do not while they are unpacked: refused at once, or at the cap.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
cap='kernel image ".*": unpacks to more than 1073741824 bytes, the most that is accepted'
bomb=$work/bomb
# Seconds, on an idle machine.
patience=200

# The unpacked size and a little more: a program that took twice as much would fail in another way. The
# sanitizers reserve terabytes.
limited=(bash -c 'ulimit -v 1400000; exec "$@"' -)
! grep -q __asan_init "$KEXEC" || limited=()

explodes() { # explodes NAME FILE...: the files, one behind the other, as a kernel
	cat "${@:2}" >"$bomb" || return
	as=("${limited[@]}")
	kexec -l -c "$bomb"
	as=()
	if [[ $errors == *'this program was built without'* ]]; then
		ok 0 "$1 # SKIP $errors"
		return
	fi
	[ "$status" -eq 1 ] && [[ $errors =~ $cap ]] && [[ $errors != *$'\n'* ]] && [ -z "$calls" ]
	ok $? "$1: $(stat -c %s "$bomb") bytes" || show
}

perl -MCompress::Raw::Zlib -e '
	my ($z) = Compress::Raw::Zlib::Deflate->new(-WindowBits => WANT_GZIP, -Level => 1, -AppendOutput => 1);
	my ($out, $mebibyte) = ("", "\0" x 1048576);
	$z->deflate($mebibyte, $out) for 1 .. 64;
	$z->flush($out);
	print $out x 40' >"$work/gzip"
explodes 'gzip, 2.5 GiB in 40 members' "$work/gzip"

# RFC 8878: no size of the content, a window of 1 MiB, and blocks of 128 KiB of which each is one byte, repeated.
perl -e 'print pack("VCC", 0xfd2fb528, 0, 0x50), (substr(pack("V", 131072 << 3 | 2), 0, 3) . "\0") x 40000' >"$work/zstd"
explodes 'zstd, 4.9 GiB in one frame' "$work/zstd"

# lz4_Frame_format.md: blocks of 4 MiB, in each a zero that is copied as often as it takes, and five at the end.
perl -e 'my $block = "\x1f\0\x01\0" . "\xff" x 16448 . "\x27" . "\x50" . "\0" x 5;
	print "\x04\x22\x4d\x18\x60\x70\x73", (pack("V", length $block) . $block) x 1000' >"$work/lz4"
explodes 'lz4, 3.9 GiB in one frame' "$work/lz4"
if head -c 64M /dev/zero | xz -0 >"$work/xz" 2>/dev/null; then
	mapfile -t streams < <(yes "$work/xz" | head -n 40)
	explodes 'xz, 2.5 GiB in 40 streams' "${streams[@]}"
fi

# If their header contains the size, they are refused at once.
printf '\x5d\0\0\x80\0\0\0\0\x40\x01\0\0\0\0\0\0\0\0\0\0' >"$work/lzma"
explodes 'lzma, 5 GiB' "$work/lzma"
printf '\x28\xb5\x2f\xfd\xc0\x50\x01\0\0\x40\0\0\0\0\x03\0\0' >"$work/told"
explodes 'zstd, a byte more than the cap' "$work/told"

# Only boot images are unpacked; the new kernel unpacks its initrd.
does 'a bomb as initrd is passed unchanged' 'kexec_load ' -l -c "$kernel" --initrd="$bomb"

refused 'a file of /proc' 'kernel image "/proc/self/maps" is empty' -l /proc/self/maps
if truncate -s 1T "$work/sparse" 2>/dev/null; then
	refused '1 TiB of zeros as kernel' 'not a kernel image \(1099511627776 bytes\)|more than a 32-bit program can map' \
		-l -c "$work/sparse"
	refused '1 TiB of zeros as initrd' '(no room|does not fit|1099511627776|more than a 32-bit program can map)' \
		-l -c "$kernel" --initrd="$work/sparse"
fi
finish
