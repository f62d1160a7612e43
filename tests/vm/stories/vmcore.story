# On i386 everything above about 880 MiB is highmem; on x86_64 the memory above
# the PCI hole starts at 4 GiB, and A's jump-back entry comes to lie there.
title: B reads A's memory, all of it and no more, also highmem and above 4 GiB
linux.x86_64: 6.12
memory: 5632
memory.i386: 2048
timeout: 300
tools-B: yes
checks: 9
checks.x86_64: 10

[A]
# makedumpfile has to see all of A's kernel.
keep_out 0x1000000 0x8ffffff
# KASLR may have put A's kernel where B is to be. That would be no harm to the
# jump, but makedumpfile looks for that kernel in /proc/vmcore.
min=$((0x1000000)) size=$((0x8000000))
while read -r range _ name; do
	case $name in
	Kernel*) [ $((0x${range%-*})) -ge $((min + size)) ] || min=$((0x28000000)) ;;
	esac
done </proc/iomem
ok "A loads B with the context to be kept" \
	kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz \
	--mem-min="$(printf 0x%x "$min")" --mem-max="$(printf 0x%x $((min + size - 1)))" \
	--append="console=ttyS0 quiet panic=-1 no_console_suspend kj.ram=$(ram_kib) kj.min=$min"
ok "kexec -e exits 0 in A when B has jumped back" kexec -e

[B]
# "start size" of every PT_LOAD, without the second view of the kernel's text.
loads() {
	readelf -lW /proc/vmcore | while read -r type _ virtual physical size _; do
		case $type,$virtual in
		LOAD,0xffffffff[89a-f]?????[0-9a-f]*) ;;
		LOAD,*) echo "$((physical)) $((size))" ;;
		esac
	done
}

# Does no PT_LOAD touch [from, to)?
misses() {
	local start size
	loads | while read -r start size; do
		if [ "$start" -lt "$2" ] && [ $((start + size)) -gt "$1" ]; then
			echo "$start + $size touches $1 .. $2"
		fi
	done >/tmp/touching
	cat /tmp/touching
	[ ! -s /tmp/touching ]
}

loads_kib() {
	local sum=0 start size
	loads >/tmp/loads
	while read -r start size; do
		sum=$((sum + size / 1024))
	done </tmp/loads
	echo "$sum"
}

ok "readelf accepts all of it" readelf -a /proc/vmcore
ok "readelf finds nothing strange" sh -c '! readelf -a /proc/vmcore 2>&1 >/dev/null | grep .'
ok "no PT_LOAD touches B's window" \
	misses "$(cmdline_value kj.min)" $(($(cmdline_value kj.min) + 0x8000000))
ok "no PT_LOAD touches low memory" misses 0 $((0xa0000))
note "A has $(cmdline_value kj.ram) KiB of RAM, the PT_LOADs $(loads_kib) KiB"
# All but the window and low memory; pages cut at the ends of ranges are allowed for.
missing=$(($(cmdline_value kj.ram) - $(loads_kib) - 128 * 1024))
ok "the PT_LOADs are the rest of A's RAM ($missing KiB are low memory)" \
	test "$missing" -ge 560 -a "$missing" -le 656
case $(uname -m) in
x86_64)
	ok "the jump-back entry is above 4 GiB" \
		test $(($(cmdline_value kexec_jump_back_entry) >> 32)) -gt 0
	;;
esac
ok "makedumpfile accepts it" makedumpfile -c -d 31 /proc/vmcore /tmp/dump
note "$(ls -l /tmp/dump)"
ok "B loads the way back" kexec --load-jump-back-helper
kexec -e
