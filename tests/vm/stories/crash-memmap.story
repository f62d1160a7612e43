title: a crash kernel that has its memory map on its command line, too, keeps to it
memory: 512
append-A: crashkernel=128M
timeout: 180
checks: 5

[A]
region=$(sed -n 's/ *\([0-9a-f]*\)-\([0-9a-f]*\) : Crash kernel$/0x\1 0x\2/p' /proc/iomem)
first=$((${region% *})) last=$((${region#* }))
ok "it is loaded" kexec -p /boot/bzImage --initrd=/boot/rootfs.gz --pass-memmap-cmdline \
	--append="console=ttyS0 quiet panic=-1 kj.role=B kj.first=$first kj.last=$last -- x"
kexec -S
is "kexec -S: it is" $? 1
echo c >/proc/sysrq-trigger

[B]
first=$(cmdline_value kj.first) last=$(cmdline_value kj.last)
# From the page behind that on which the vmcore headers lie nothing is RAM.
headers=$(($(cmdline_value elfcorehdr)))
ok "the map is on the command line" grep -q " memmap=exactmap memmap=[0-9]*K@4K memmap=$(((headers - first) / 1024))K@$((first / 1024))K -- x\$" \
	/proc/cmdline
is "what is reserved, without the vmcore headers, is its memory from 1 MiB on" \
	"$(sed -n 's/^\([0-9a-f]*-[0-9a-f]*\) : System RAM$/\1/p' /proc/iomem | tail -n 1)" \
	"$(printf '%08x-%08x' "$first" $((headers - 1)))"
ok "it sees the memory of the crashed kernel" test -s /proc/vmcore
say "end B"
poweroff -f
