title: the KJUMP note travels with a plain copy of /proc/vmcore
memory: 384
disk: 512M
timeout: 240
checks: 6

[A]
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when B has jumped back" kexec -e

[B]
ok "B copies /proc/vmcore to a raw disk" dd if=/proc/vmcore of=/dev/vda bs=1M
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e

[host]
notes() { LC_ALL=C readelf -n "$disk"; }
found() { notes | grep -w "$1"; }
ok "the copy has VMCOREINFO" found VMCOREINFO
ok "the copy has the KJUMP note" found KJUMP
