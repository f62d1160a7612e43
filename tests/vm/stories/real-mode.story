# The mode of the screen that is asked for by vga= is set by the BIOS of the graphics card, and nobody but the setup
# code asks that: 0xf01 is text of 50 lines. The memory map is the BIOS's, too.
title: a kernel is entered in real mode: its setup code asks the BIOS, which still works
memory: 512
vga: std
timeout: 180
checks: 9
files-A: tests/vm/guest/arrival.sh:/boot/arrival.sh
files-B: tests/vm/guest/arrival.sh:/boot/arrival.sh

[common]
map_of_firmware() {
	for entry in /sys/firmware/memmap/*; do
		echo "$(cat "$entry/start") $(cat "$entry/end") $(cat "$entry/type")"
	done
}

[A]
. /boot/arrival.sh
map_of_firmware >map
is "A has a screen of 25 lines" "$(bytes 0x0e 1)" 19
echo map | cpio -o -H newc 2>/dev/null | gzip >/tmp/map.gz
ok "A loads a kernel to be entered by its setup code" kexec -l --real-mode bzImage --initrd=rootfs.gz \
	--initrd=/tmp/map.gz --append="console=ttyS0 quiet panic=-1 kj.role=B vga=0xf01 kj.odd=\"a  b\",c=d"
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
. /boot/arrival.sh
is "B has a screen of 50 lines" "$(bytes 0x0e 1)" 32
is "it knows kexec as its loader" "$(bytes 0x210 1)" d0
is "the command line, byte for byte" "$(sed "s/no_timer_check //" /proc/cmdline)" \
	'console=ttyS0 quiet panic=-1 kj.role=B vga=0xf01 kj.odd="a  b",c=d'
map_of_firmware >/tmp/map
ok "the memory map is that of A" cmp /tmp/map /map
ok "and was told by the BIOS" test "$((0x$(bytes 0x1e8 1)))" -ge 4
ok "all memory is there" test "$(ram_kib)" -gt 500000
say "end B"
poweroff -f
