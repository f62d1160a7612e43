# What only a real kernel can refuse; bad files and windows are tried in tests/cli.
title: what the kernel or the situation forbids is said in one line, and changes nothing
memory: 512
checks: 9

[A]
load_B() {
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff --initrd=rootfs.gz
}

mkdir -p /etc
echo "nobody:x:65534:65534::/:/bin/sh" >/etc/passwd
refused "kexec -e with nothing loaded" "load" kexec -e
refused "a user who is not root" "root|CAP_SYS_BOOT|privilege" \
	su -s /bin/sh nobody -c "kexec -l /boot/bzImage"
ok "A loads B" load_B
is "an image is loaded" "$(loaded)" 1
refused "the way back while an image is loaded" "loaded" \
	kexec --load-jump-back-helper --entry=0x1000000
ok "the image can be unloaded" kexec -u
is "nothing is loaded" "$(loaded)" 0
ok "loading can be switched off" sysctl -w kernel.kexec_load_disabled=1
refused "loading when it is switched off" "kexec_load_disabled" load_B
