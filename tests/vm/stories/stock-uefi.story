# The same by UEFI: kexec_file_load into itself, kexec_load into a test kernel, -a back.
title: Debian's stock kernel, booted by UEFI, starts itself and others
arches: x86_64
firmware: uefi
memory: 768
vga: std
boots: A C
timeout: 240
checks: 22
kernel-A: debian
kernel-B: debian
files-A: kernel/x86_64:/boot/test tests/vm/guest/arrival.sh:/boot/arrival.sh
append-A: no_timer_check

[A]
. /boot/arrival.sh
keep_facts
make_initrd
ok "A has a framebuffer of EFI" test "$(bytes 0x0f 1)" = 70
ok "A loads itself with kexec_file_load, two initrds" kexec -s -l /boot/bzImage --initrd=/boot/rootfs.gz \
	--initrd=/tmp/boot.gz --append="$(stage_words 1 kj.last)"
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
. /boot/arrival.sh
make_initrd
case $(cmdline_value kj.stage) in
1)
	check_arrival 1 kj.last
	ok "stage 1 is the stock kernel" is_stock
	ok "it knows EFI's runtime services" test -d /sys/firmware/efi/runtime-map/0
	kexec -f -c -x /boot/test --initrd=/boot/rootfs.gz --initrd=/tmp/boot.gz --append="$(stage_words 2 kj.last)"
	;;
2)
	check_arrival 2 kj.last
	ok "stage 2: a seed for the random numbers" has_seed
	ok "stage 2 knows EFI's runtime services" test -d /sys/firmware/efi/runtime-map/0
	ok "it loads the stock kernel in the way that is found" kexec -a -l /boot/bzImage --initrd=/boot/rootfs.gz \
		--initrd=/tmp/boot.gz --append="$(stage_words 3 kj.last)"
	kexec -e
	;;
3)
	check_arrival 3 kj.last
	ok "stage 3 knows EFI's runtime services" test -d /sys/firmware/efi/runtime-map/0
	power_off
	;;
esac

[C]
ok "the machine starts again" true
