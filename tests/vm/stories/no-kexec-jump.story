title: a kernel without kexec jump refuses a jump, says why, and still does kexec
arches: x86_64
kernel-A: x86_64-nojump
memory: 512
checks: 3

[A]
refused "a kexec image for a jump" "KEXEC_JUMP" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff --initrd=rootfs.gz
ok "an ordinary kexec image is loaded" kexec -l /boot/bzImage --initrd=rootfs.gz --append="console=ttyS0"
is "a kexec image is loaded" "$(loaded)" 1

[B]
note "never booted: A only needs the files"
