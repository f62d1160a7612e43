# Each kernel loads the next one in another way; kj.stage= on the command line counts. C is only
# there because a story ends in it. The kernels themselves put no_timer_check in front.
title: kernels are started for good, by each system call, each entry and with an initrd
memory: 512
boots: A C
timeout: 180
checks: 14
checks.i386: 13

[A]
# An initrd with all that the next stage needs to load a kernel itself.
find /boot | cpio -o -H newc 2>/dev/null | gzip >/tmp/boot.gz
cat /boot/rootfs.gz /tmp/boot.gz >/tmp/initrd
gzip -c /boot/bzImage >/tmp/bzImage.gz
ok "a compressed kernel, to be entered in 32-bit mode, is loaded by kexec_load" \
	kexec -c -l -t bzImage /tmp/bzImage.gz --initrd=/tmp/initrd \
	--append="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=1 kj.word=a,b=c"
is "it is loaded" "$(loaded)" 1
# Unloaded and loaded again, with another spelling of each option.
ok "it is unloaded" kexec --unload
is "nothing is loaded" "$(loaded)" 0
ok "it is loaded again" kexec --kexec-syscall --load --type=bzImage /tmp/bzImage.gz --ramdisk=/tmp/initrd \
	--command-line="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=1 kj.word=a,b=c"
kexec -e

[B]
case $(cmdline_value kj.stage | tail -n 1) in
1)
	is "stage 1 has the command line, byte for byte" "$(sed "s/no_timer_check //g" /proc/cmdline)" \
		"console=ttyS0 quiet panic=-1 kj.role=B kj.stage=1 kj.word=a,b=c"
	ok "it has all memory" test "$(ram_kib)" -gt 500000
	ok "it has the whole initrd" gzip -t /boot/rootfs.gz
	ok "it loads the next kernel in the way that is found" kexec -l /boot/bzImage --initrd=/boot/rootfs.gz \
		--append="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=2"
	# The next one needs a kernel, too.
	find /boot | cpio -o -H newc 2>/dev/null | gzip >/tmp/boot.gz
	cat /boot/rootfs.gz /tmp/boot.gz >/tmp/initrd
	ok "and once more over that" kexec -l /boot/bzImage --initrd=/tmp/initrd \
		--append="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=2"
	kexec -e
	;;
2)
	case $(uname -m) in
	x86_64)
		ok "kexec_file_load alone does it" kexec -s -l /boot/bzImage --initrd=/boot/rootfs.gz \
			--reuse-cmdline
		;;
	esac
	ok "stage 2 has all memory" test "$(ram_kib)" -gt 500000
	# Loads and jumps in one; the word that is there twice counts by its last.
	kexec -f -c /boot/bzImage --initrd=/boot/rootfs.gz --reuse-cmdline --append=kj.stage=3
	;;
3)
	is "stage 3 has the old command line and the new word" "$(sed "s/no_timer_check //g" /proc/cmdline)" \
		"console=ttyS0 quiet panic=-1 kj.role=B kj.stage=2 kj.stage=3"
	power_off
	;;
esac

[C]
ok "the machine starts again" true
