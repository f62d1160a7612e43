#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Crash kernels: by each system call, beside the kernel loaded for -e, and the reasons of refusals.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin crashkernel
crash='kexec_load entry=0x31c00000 segments=[0-9] flags=0x3e0001
  segment 0x2f000000\+0x2c00000 data=0x[0-9a-f]+
  segment 0x31c00000\+0x6000 data=0x[0-9a-f]+
  segment 0x31c06000\+0x[0-9a-f]+ data=0x[0-9a-f]+
(  segment 0x3aff7000\+0x8000 data=0x7530
)?  segment 0x3afff000\+0x1000 data=0x190'

for spelling in '-p -c' '-pc' '-cp' '--load-panic --kexec-syscall'; do
	# shellcheck disable=SC2086 # words
	does "$spelling" "$crash\$" $spelling "$kernel" --initrd="$initrd" --append=quiet
done
if [ -n "$has_file_load" ]; then
	does '-p takes kexec_file_load' 'kexec_file_load initrd=30000 flags=0x2 cmdline=quiet$' \
		-p "$kernel" --initrd="$initrd" --append=quiet
	does '-p -s, without an initrd' 'kexec_file_load initrd=no flags=0x6 cmdline=$' -p -s "$kernel"
	mkdir -p "$machine/sys/bus/acpi/devices/PNP0C80:00"
	does 'a machine into which memory can be plugged' 'kexec_file_load .* cmdline=quiet acpi_no_memhotplug$' \
		-p -s "$kernel" --append="acpi_no_memhotplug quiet"
	rmdir "$machine/sys/bus/acpi/devices/PNP0C80:00"
	does '--reuse-cmdline leaves out crashkernel=' 'kexec_file_load .* cmdline=root=/dev/vda1 x$' \
		-p "$kernel" --reuse-cmdline --append=x
	does '-l --reuse-cmdline does not' 'kexec_file_load .* cmdline=root=/dev/vda1 crashkernel=192M$' \
		-l "$kernel" --reuse-cmdline
	errno=kexec_file_load=38
	does 'without kexec_file_load: kexec_load' $'kexec_file_load [^\n]*\n'"$crash\$" -p "$kernel"
	kexec -d -p "$kernel"
	[ "$status" -eq 0 ] && [[ $errors == *'trying kexec_load'* ]]
	ok $? 'and -d reports it' || show
	errno=
	does '32-bit headers take kexec_load' 'kexec_load ' -p "$kernel" --elf32-core-headers
	refused 'and are refused with -s' '-s does not go with --elf32-core-headers' -p -s "$kernel" --elf32-core-headers
fi
does '-p -u' 'kexec_load entry=0x0 segments=0 flags=0x3e0001$' -p -u

# The kernel loaded for -e stays, and with it the record that it is a jump.
kexec --load-preserve-context "$kernel"
[ -e "$machine/run/kexec-jump.loaded" ]
ok $? 'a jump image is loaded' || show
does 'and a crash kernel beside it' 'kexec_load entry=0x31c00000 ' -p -c "$kernel"
[ -e "$machine/run/kexec-jump.loaded" ]
ok $? 'which leaves the jump image'"'"'s record'

kexec --print-ckr-size
[ "$status" -eq 0 ] && [ "$output" = 201326592 ]
ok $? '--print-ckr-size: 192 MiB, in bytes' || show

kexec --dry-run --root="$machine" -p "$kernel" --pass-memmap-cmdline --append=quiet
said '--pass-memmap-cmdline' \
	'cmdline   quiet elfcorehdr=0x3afff000 memmap=exactmap memmap=632K@4K memmap=196604K@770048K$'
does '--pass-memmap-cmdline takes kexec_load' "$crash\$" -p "$kernel" --pass-memmap-cmdline
refused '--pass-memmap-cmdline for another load' '--pass-memmap-cmdline goes with -p' -l "$kernel" --pass-memmap-cmdline
refused '--pass-memmap-cmdline with -s' '-s does not go with --pass-memmap-cmdline' -p -s "$kernel" \
	--pass-memmap-cmdline
refused 'a command line that is too long with it' 'the command line has [0-9]* bytes; this kernel takes at most 2047' \
	-p "$kernel" --pass-memmap-cmdline --append="$(printf '%1990s' '' | tr ' ' x)"
refused 'without a kernel' 'no kernel given to load' -p
refused '--hotplug for a load of another kind' '--hotplug goes with -p' -l "$kernel" --hotplug
refused 'a kernel that does not keep headers up to date' '--hotplug: .*Linux 6.6 with CONFIG_CRASH_HOTPLUG' \
	-p -c "$kernel" --hotplug
mkdir -p "$machine/sys/kernel/kexec"
echo 466944 >"$machine/sys/kernel/crash_elfcorehdr_size"
hotplug='kexec_load entry=0x31c00000 segments=4 flags=0x3e0005(\n.*)*\n  segment 0x3af8e000\+0x72000 data=0x190$'
does '--hotplug' "${hotplug//\\n/$'\n'}" -p -c "$kernel" --hotplug
mv "$machine/sys/kernel/crash_elfcorehdr_size" "$machine/sys/kernel/kexec/"
does '--hotplug, by the newer file' "${hotplug//\\n/$'\n'}" -p -c "$kernel" --hotplug
echo many >"$machine/sys/kernel/kexec/crash_elfcorehdr_size"
refused 'an invalid size' 'crash_elfcorehdr_size contains "many", which is no size' -p -c "$kernel" --hotplug

# The notes.
cpu0=$machine/sys/devices/system/cpu/cpu0
for nonsense in '' x 0 -1 7fc0f400x ffffffffffffffff; do
	echo "$nonsense" >"$cpu0/crash_notes"
	refused "a note at \"$nonsense\"" "cpu0/crash_notes contains \"$nonsense\", which is no address" -p -c "$kernel"
done
echo 7fc0f400 >"$cpu0/crash_notes"
echo 0 >"$cpu0/crash_notes_size"
refused 'a note of no size' 'crash_notes_size contains "0"' -p -c "$kernel"
rm "$cpu0/crash_notes_size"
does 'a kernel that does not report their size' 'kexec_load ' -p -c "$kernel"
echo '0x5a1c000' >"$machine/sys/kernel/vmcoreinfo"
refused 'VMCOREINFO without a size' '/sys/kernel/vmcoreinfo contains "0x5a1c000"' -p -c "$kernel"
rm "$machine/sys/kernel/vmcoreinfo"
refused 'no VMCOREINFO' 'tools need this kernel.s VMCOREINFO after a crash: .*vmcoreinfo' -p -c "$kernel"
rm -r "$machine/sys/devices"
refused 'no notes at all' 'keeps no notes for a crash .*CONFIG_CRASH_DUMP' -p -c "$kernel"
mv "$machine/proc/kcore" "$work/"
refused 'no /proc/kcore' 'the vmcore headers of a crash kernel need .*CONFIG_PROC_KCORE' -p -c "$kernel"
mv "$work/kcore" "$machine/proc/"

# Nothing reserved: refused by kexec itself, for either call.
sed -i '/Crash kernel/d' "$machine/proc/iomem"
for call in '' -c -s; do
	# shellcheck disable=SC2086 # no word, or one
	refused "nothing is reserved${call:+, $call}" 'no memory is reserved for a crash kernel ' -p $call "$kernel"
done
kexec --print-ckr-size
[ "$status" -eq 0 ] && [ "$output" = 0 ]
ok $? '--print-ckr-size: 0' || show
finish
