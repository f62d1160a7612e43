# From Debian's stock kernel, each time in another way, with all that the firmware told the first one:
# kexec_load into itself, -f into a test kernel, kexec_file_load into itself, locked down.
title: Debian's stock kernel, booted by a BIOS, starts itself and others
arches: x86_64
memory: 768
vga: std
boots: A C
timeout: 240
checks: 24
kernel-A: debian
kernel-B: debian
files-A: kernel/x86_64:/boot/test tests/vm/guest/arrival.sh:/boot/arrival.sh
append-A: no_timer_check vga=0x317

[A]
. /boot/arrival.sh
keep_facts
make_initrd
ok "A has a framebuffer of VESA" test "$(bytes 0x0f 1)" = 23
ok "A loads itself with kexec_load, two initrds" kexec -c -l /boot/bzImage --initrd=/boot/rootfs.gz \
	--initrd=/tmp/boot.gz --append="$(stage_words 1 kj.last)"
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
. /boot/arrival.sh
make_initrd
case $(cmdline_value kj.stage) in
1)
	check_arrival 1 kj.last
	ok "stage 1: a seed for the random numbers" has_seed
	ok "stage 1 is the stock kernel" is_stock
	kexec -f -x /boot/test --initrd=/boot/rootfs.gz --initrd=/tmp/boot.gz --append="$(stage_words 2 kj.last)"
	;;
2)
	check_arrival 2 kj.last
	ok "stage 2: a seed for the random numbers" has_seed
	ok "stage 2 is a test kernel" test "$(uname -r)" = "$(uname -r | tr -d -)"
	ok "it loads the stock kernel with kexec_file_load" kexec -s -l /boot/bzImage --initrd=/boot/rootfs.gz \
		--initrd=/tmp/boot.gz --append="$(stage_words 3 lockdown=integrity)"
	kexec -e
	;;
3)
	check_arrival 3 lockdown=integrity
	mount -t securityfs securityfs /sys/kernel/security
	refused "locked down: kexec_load" "kexec_load refused to load \(the kernel is locked down: only kexec_file_load" \
		kexec -c -l /boot/bzImage
	refused "locked down: an unsigned kernel" "kexec_file_load refused .*locked down: the file needs a signature" \
		kexec -s -l /boot/test
	refused "locked down: an unsigned kernel, either way" "the kernel is locked down" kexec -a -l /boot/test
	power_off
	;;
esac

[C]
ok "the machine starts again" true
