# What only a real kernel can refuse; bad files and windows are tried in tests/cli.
title: what the kernel or the situation forbids is said in one line, and changes nothing
memory: 512
checks: 11

[A]
load_B() {
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff --initrd=rootfs.gz \
		--append="console=ttyS0 quiet panic=-1 no_console_suspend"
}

mkdir -p /etc
echo "nobody:x:65534:65534::/:/bin/sh" >/etc/passwd
refused "kexec -e with nothing loaded" "load" kexec -e
refused "a user who is not root" "root|CAP_SYS_BOOT|privilege" \
	su -s /bin/sh nobody -c "kexec -l /boot/bzImage"
ok "A loads B" load_B
is "a kexec image is loaded" "$(loaded)" 1
ok "kexec -e exits 0 in A when B has jumped back" kexec -e
ok "the kexec image can be unloaded" kexec -u
is "nothing is loaded" "$(loaded)" 0
ok "loading can be switched off" sysctl -w kernel.kexec_load_disabled=1
refused "loading when it is switched off" "kexec_load_disabled" load_B

[B]
ok "B loads the way back" kexec --load-jump-back-helper
refused "the way back when it is loaded already" "loaded" kexec --load-jump-back-helper
kexec -e
