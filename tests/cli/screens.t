#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A multiboot image gets the screen by the rule for Linux: none if a driver has changed the mode, and text mode if
# purgatory sets or uses it.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
# It asks for the screen: bit 2 of its flags (Multiboot Specification 0.6.96, 3.1.1).
image=$machine/boot/multiboot1

# booted_with TYPE: boot_params with a screen of 1280 by 800, 32 bit, at 0x80000000; VESA is 0x23, EFI 0x70.
booted_with() {
	mkdir -p "$machine/sys/kernel/boot_params"
	perl -e 'my $page = "\0" x 4096;
		substr($page, 0x0f, 1) = chr(hex shift);
		substr($page, 0x12, 10) = pack("vvvV", 1280, 800, 32, 0x80000000);
		substr($page, 0x24, 2) = pack("v", 5120);
		print $page' "$1" >"$machine/sys/kernel/boot_params/data"
}

driven_by() {
	mkdir -p "$machine/sys/class/graphics/fb0"
	echo "$1" >"$machine/sys/class/graphics/fb0/name"
}

# sees NAME SCREEN OPTIONS...: SCREEN is what the image finds: TYPE (1: pixels, 2: text) WIDTH HEIGHT, or "none".
sees() {
	local name=$1 wanted=$2 at found=none
	shift 2
	kexec --dry-run --root="$machine" -l "$image" "$@"
	at=$(sed -n 's/^ *\(0x[0-9a-f]*\)-.* multiboot info .*/\1/p' <<<"$output")
	: >"$work/memory"
	PRELOAD_KEXEC_MEMORY=$work/memory kexec -c -l "$image" "$@"
	# struct multiboot_info: flags, then at 100 width, height, depth and type.
	read -r flags width height type < <(perl -e 'open my $file, "<", shift; seek $file, hex shift, 0;
		read $file, my $info, 116; print join(" ", unpack("V x96 V V x C", $info)), "\n"' "$work/memory" "$at")
	((flags & 0x1000)) && found="$type $width $height"
	[ "$status" -eq 0 ] && [ "$found" = "$wanted" ]
	ok $? "$name" || { diag "found $found, wanted $wanted, info at $at"; show; }
}

sees 'of a PC that tells nothing: text' '2 80 25'
booted_with 0x23
sees 'the mode that it was booted in, and nobody has changed' '1 1280 800'
driven_by 'VESA VGA'
sees 'that which a driver uses as it is' '1 1280 800'
driven_by i915drmfb
sees 'nothing of one that a driver has left' none
sees 'but with --reuse-video-type' '1 1280 800' --reuse-video-type
sees 'with --reset-vga: text' '2 80 25' --reset-vga
sees 'with --console-vga, which purgatory prints on: text' '2 80 25' --console-vga
finish
