# There is memory above 4 GiB, which a program of 32 bits cannot name to the kernel: all goes below.
title: a 64-bit kernel is started by a 32-bit kexec on a 64-bit kernel
arches: x86_64
memory: 4608
timeout: 180
checks: 8
userland: i386

[A]
is "the kernel is of 64 bits" "$(uname -m)" x86_64
is "kexec is of 32" "$(dd if=/sbin/kexec bs=1 skip=4 count=1 2>/dev/null | od -An -tx1)" " 01"
ok "there is memory above 4 GiB" grep -q '^1[0-9a-f]*-[0-9a-f]* : System RAM' /proc/iomem
ok "A loads a kernel" kexec -l bzImage --initrd=rootfs.gz --append="console=ttyS0 quiet panic=-1 kj.role=B kj.odd=a,b=c"
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
is "B is of 64 bits" "$(uname -m)" x86_64
is "its command line, byte for byte" "$(sed "s/no_timer_check //" /proc/cmdline)" \
	"console=ttyS0 quiet panic=-1 kj.role=B kj.odd=a,b=c"
ok "it has all memory" test "$(ram_kib)" -gt 4600000
say "end B"
poweroff -f
