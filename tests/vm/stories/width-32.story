# The programs of all three kernels are of 32 bits, but for the kexec that A uses.
title: a 64-bit kernel starts a 32-bit one, and that a 64-bit one
arches: x86_64
memory: 512
timeout: 180
checks: 7
userland: i386
kernel-B: i386
files-A: kernel/x86_64:/boot/bzImage-64 x86_64/kexec:/sbin/kexec-64

[A]
find /boot/bzImage-64 /boot/rootfs.gz | cpio -o -H newc 2>/dev/null | gzip -1 >/tmp/more.gz
ok "A, of 64 bits, loads a kernel that has no 64-bit entry" kexec-64 -c -l bzImage --initrd=rootfs.gz --initrd=/tmp/more.gz \
	--append="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=1"
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
case $(cmdline_value kj.stage) in
1)
	is "B is of 32 bits" "$(uname -m)" i686
	ok "it has all memory" test "$(ram_kib)" -gt 500000
	ok "it loads a 64-bit kernel" kexec -l bzImage-64 --initrd=rootfs.gz \
		--append="console=ttyS0 quiet panic=-1 kj.role=B kj.stage=2"
	kexec -e
	;;
2)
	is "and that runs" "$(uname -m)" x86_64
	ok "it has all memory, too" test "$(ram_kib)" -gt 500000
	say "end B"
	poweroff -f
	;;
esac
