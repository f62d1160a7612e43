# Xen is compressed; dom0 is Debian's stock kernel with the role's initramfs, as modules. Its console is Xen's.
title: Xen is started by multiboot 2, knows the machine's memory, and starts a Linux dom0, in which kexec loads nothing
arches: x86_64
memory: 1024
timeout: 180
checks: 16
kernel-B: debian
files-A: xen.gz:/boot/xen.gz

[A]
type_name() {
	case $1 in
	"System RAM") echo usable ;;
	Reserved) echo reserved ;;
	"ACPI Tables") echo "ACPI data" ;;
	"ACPI Non-volatile Storage") echo "ACPI NVS" ;;
	esac
}
# In Xen's words.
for entry in /sys/firmware/memmap/*; do
	note "$(printf 'machine [%016x, %016x] (%s)' "$(cat "$entry/start")" "$(cat "$entry/end")" \
		"$(type_name "$(cat "$entry/type")")")"
done
ok "it is found out that Xen takes multiboot 2" \
	sh -c "kexec --dry-run -l xen.gz | grep '^image *multiboot2-x86,'"
ok "Xen is loaded with a kernel and its initrd" kexec -l xen.gz \
	--command-line="com1=115200,8n1 console=com1 loglvl=all dom0_mem=512M noreboot=0 no-real-mode kj.xen" \
	--module="/boot/bzImage console=hvc0 panic=-1 quiet kj.role=B kj.odd=\"a  b\",c=d" --module=/boot/rootfs.gz
is "it is loaded" "$(loaded)" 1
kexec -e

[B]
is "dom0 has its command line, byte for byte" "$(cat /proc/cmdline)" \
	'console=hvc0 panic=-1 quiet kj.role=B kj.odd="a  b",c=d'
is "it runs under Xen" "$(cat /sys/hypervisor/type)" xen
# XENFEAT_dom0 (xen/include/public/features.h)
is "and may control it" $((0x$(cat /sys/hypervisor/properties/features) >> 11 & 1)) 1
# Any load would make dom0's kernel oops. What is named does not matter: it is refused before it is opened.
is "its kernel says what it is" "$(cat /sys/hypervisor/guest_type)" PV
for arguments in "-l /sbin/kexec" "-l -c /sbin/kexec" "-l -s /sbin/kexec" "-p /sbin/kexec" \
	"--load-preserve-context /sbin/kexec"; do
	# shellcheck disable=SC2086 # words
	refused "kexec ${arguments% *} is refused in dom0" 'no kexec in a PV domain of Xen' kexec $arguments
done
is "dom0 lives on" "$(dmesg | grep -c -e Oops -e BUG:)" 0
say "end B"
poweroff -f

[host]
heard() {
	tr -d '\r' <"$serial.A"
}

map_of_machine() {
	heard | sed -n 's/.*KJ # machine //p' | sort
}

# What Xen was told. Without no-real-mode it asks the BIOS itself, and calls that Xen-e820.
map_of_xen() {
	heard | sed -n '/(XEN) Multiboot-e820 RAM map:/,/(XEN) [^ ]/s/^(XEN)  *\(\[.*)\)$/\1/p' | sort
}

xen_knows_the_machine() {
	diff <(map_of_machine) <(map_of_xen) && [ "$(map_of_xen | wc -l)" -ge 4 ]
}

ok "Xen has started" grep -q '(XEN) Xen version' "$serial.A"
ok "its command line is the given one" grep -q '(XEN) Command line:.* kj.xen' "$serial.A"
ok "its map of memory is that of the machine" xen_knows_the_machine
