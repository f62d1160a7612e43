#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Called as kexec-tools is called: every option by each of its names, alone and as scripts combine them.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
loaded() {
	echo "$1" >"$machine/sys/kernel/kexec_loaded"
}
by_plan='kexec_load entry=0x100000 '
file_load='kexec_file_load [^
]*'

# each NAME PATTERN SPELLING... -- ARGUMENTS...: every spelling does the same.
each() {
	local name=$1 pattern=$2 spellings=() spelling
	shift 2
	while [ "$1" != -- ]; do
		spellings+=("$1")
		shift
	done
	shift
	for spelling in "${spellings[@]}"; do
		does "$spelling: $name" "$pattern" "$spelling" "$@"
	done
}

each 'loads' "$ordinary\$" -l --load -- "$kernel"
each 'only kexec_load' "$by_plan" -c --kexec-syscall -- -l "$kernel"
each 'the one or the other' "$ordinary\$" -a --kexec-syscall-auto -- -l "$kernel"
if [ -n "$has_file_load" ]; then
	each 'only kexec_file_load' "$file_load\$" -s --kexec-file-syscall -- -l "$kernel"
	errno=kexec_file_load=38
	does '-a continues with kexec_load' "$file_load"$'\n'"$by_plan" -a -l "$kernel"
	kexec -d -a -l "$kernel"
	[ "$status" -eq 0 ] && [[ $errors == *'kexec_file_load refused '*'trying kexec_load'* ]]
	ok $? '-d reports it' || show
	errno=
else
	refused '-s in a 32-bit program' '32-bit program cannot call it' -s -l "$kernel"
	refused '--kexec-file-syscall, too' '32-bit program cannot call it' --kexec-file-syscall -l "$kernel"
fi
each 'no digest' "$by_plan" -i --no-checks -- -c -l "$kernel"
kexec --dry-run --root="$machine" --no-checks -l "$kernel"
said '--no-checks is in the plan' 'no digest'
for spelling in -d --debug; do
	kexec $spelling -c -l "$kernel"
	[ "$status" -eq 0 ] && [[ $errors == *'segments (3 of 16)'* ]]
	ok $? "$spelling prints the plan" || show
done
loaded 1
each 'loads and jumps' "$ordinary"$'\nsync\nreboot 0x45584543$' -f --force -- -x "$kernel"
each 'unloads' 'kexec_load entry=0x0 segments=0 flags=0x3e0000$' -u --unload --
for spelling in -p --load-panic; do
	does "$spelling -u unloads the crash kernel" 'kexec_load entry=0x0 segments=0 flags=0x3e0001$' $spelling -u
done
mkdir -p "$machine/sys/class/net/eth0"
echo 0x1003 >"$machine/sys/class/net/eth0/flags"
each 'no interface down' $'sync\nreboot 0x45584543$' -x --no-ifdown -- -e
each 'no sync' 'reboot 0x45584543$' -y --no-sync -- -e -x
each 'jumps, no interface down' $'sync\nreboot 0x45584543$' -j --jump --
for spelling in -e --exec; do
	echo 0x1003 >"$machine/sys/class/net/eth0/flags"
	PRELOAD_KEXEC_GONE=0 does "$spelling: jumps" $'sync\ninterface eth0 down\nreboot 0x45584543$' $spelling
done
loaded 0
refused '-b in a kernel that was not jumped to' 'no kexec_jump_back_entry= ' -b
refused '--jump-back, too' 'no kexec_jump_back_entry= ' --jump-back

# Options that need a plan.
for option in --entry-32bit --real-mode --noefi --reset-vga --console-vga --console-serial; do
	does "$option takes kexec_load" "$by_plan" -l "$kernel" $option
	refused "$option with -s" "-s does not go with $option: kexec_file_load cannot do that" -s -l "$kernel" $option
done
kexec --dry-run --root="$machine" -l "$kernel" --entry-32bit
said '--entry-32bit enters in 32-bit mode' 'target    0x1000000, 32 bit'
refused 'a jump with --entry-32bit' 'a jump takes the 64-bit entry of .*leave out --entry-32bit' \
	--load-preserve-context "$kernel" --entry-32bit
refused 'nor a program' '--entry-32bit is for Linux kernels' -l "$machine/boot/program" --entry-32bit
kexec --dry-run --root="$machine" -l "$kernel" --real-mode
said '--real-mode enters the setup code' '0x000000090000-.*  setup code .*target    0x[0-9a-f]*ee00, 32 bit'
refused 'a jump with --real-mode' '--real-mode goes with -l: .* cannot be jumped to' \
	--load-preserve-context "$kernel" --real-mode
refused 'a crash kernel with --real-mode' '--real-mode goes with -l: .* cannot be a crash kernel' -p "$kernel" --real-mode
refused '--real-mode confined' '--real-mode goes with -l: .* cannot be confined' -l --confine "$kernel" --real-mode \
	--mem-min=0x4000000 --mem-max=0xbffffff
refused '--real-mode and --entry-32bit' '--real-mode does not go with --entry-32bit' -l "$kernel" --real-mode --entry-32bit
refused '--real-mode and --dtb' '--real-mode does not go with --dtb' -l "$kernel" --real-mode --dtb="$initrd"
refused '--real-mode for a program' '--real-mode is for Linux kernels' -l "$machine/boot/program" --real-mode
refused 'a command line that is too long for real mode' 'takes at most 2047' -l "$kernel" --real-mode \
	--append="$(printf '%2048s' '' | tr ' ' x)"
refused 'a device tree for a program' '--dtb is for Linux kernels' -l "$machine/boot/program" --dtb="$initrd"
refused 'a file that is no device tree' 'device tree .*/boot/initrd": not a flattened device tree' -l "$kernel" --dtb="$initrd"
refused 'a device tree that is not there' 'device tree .*/none": No such file' -l "$kernel" --dtb="$work/none"
refused '--dtb with -s' '-s does not go with --dtb' -s -l "$kernel" --dtb="$initrd"
refused '--dtb and --force-dtb' 'one device tree only' -l "$kernel" --dtb="$initrd" --force-dtb

# Initial ramdisks: one, or several behind one another.
head -c 5000 "$initrd" >"$work/second"
for spelling in --initrd --ramdisk; do
	kexec --dry-run --root="$machine" -l "$kernel" $spelling="$initrd"
	said "$spelling" '  initrd +30000 bytes'
done
kexec --dry-run --root="$machine" -l "$kernel" --initrd="$initrd" --ramdisk="$work/second"
# 30000 bytes end in the eighth page.
said 'a second one begins on a page of its own' '  initrd +37768 bytes'
refused 'a second one that is not there' 'initrd .*/none": No such file' -l -c "$kernel" --initrd="$initrd" \
	--initrd="$work/none"
if [ -n "$has_file_load" ]; then
	does 'kexec_file_load gets them as one file' 'kexec_file_load initrd=37768 flags=0x0 cmdline=$' \
		-l "$kernel" --initrd="$initrd" --initrd="$work/second"
	does '--no-cma is for kexec_file_load' 'kexec_file_load initrd=no flags=0x14 ' -l "$kernel" --no-cma
	does 'so is --force-dtb' 'kexec_file_load initrd=no flags=0x24 ' -l "$kernel" --force-dtb
	errno=kexec_file_load=22
	refused_after "$file_load" 'a kernel that is too old for it' 'may be older than --no-cma' -s -l "$kernel" --no-cma
	does 'without -s there is kexec_load' "$file_load"$'\n'"$by_plan" -l "$kernel" --no-cma

	errno=
fi

# Multiboot: modules; an error of one names its path.
multiboot=$machine/boot/multiboot1
kexec --dry-run --root="$machine" -l "$multiboot" --module="$initrd a b" --module="$kernel"
said '--module, twice' 'module    0x[0-9a-f]*, 30000 bytes: .*initrd a b'
does '--module takes kexec_load' 'kexec_load .*segments=5 ' -l "$multiboot" --module="$initrd" --module="$kernel"
refused '--module with -s' '-s does not go with --module' -s -l "$multiboot" --module="$initrd"
refused 'a module that is not there' 'module "'"$work"'/none": No such file' -l "$multiboot" --module="$work/none a b"
refused 'a module that is a folder' 'module ".*" is a directory' -l "$multiboot" --module="$work"
many=()
for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	many+=("--module=$initrd $number")
done
refused 'too many modules' '17 segments.* 16' -l "$multiboot" "${many[@]}"

# A UKI: by kexec_file_load its parts, as files in memory.
uki=$machine/boot/uki
if [ -n "$has_file_load" ]; then
	does 'a UKI' 'kexec_file_load initrd=30000 flags=0x0 cmdline=root=/dev/vda1 quiet$' -l "$uki"
	does 'a UKI with another command line' 'kexec_file_load initrd=30000 flags=0x0 cmdline=single$' -s -l "$uki" \
		--append=single
	does 'a UKI and an initrd' 'kexec_file_load initrd=37768 flags=0x0 ' -l "$uki" --initrd="$work/second"
fi

# A compressed kernel: kexec_file_load takes none, so it gets the unpacked file.
gzip -c "$kernel" >"$machine/boot/kernel.gz"
gzip -c "$machine/boot/kernel.gz" >"$machine/boot/kernel.gz.gz"
printf '@@ uki boot/uki.packed\n.linux file boot/kernel.gz\n' >"$work/description"
"$builddir/tests/tools/bin/mkmachine" "$work/description" "$machine"
gzip -c "$machine/boot/uki.packed" >"$machine/boot/uki.packed.gz"
kexec --dry-run --root="$machine" -l "$machine/boot/kernel.gz"
has_gzip=yes
[[ $errors != *'this program was built without'* ]] || has_gzip=
for packed in kernel.gz kernel.gz.gz uki.packed uki.packed.gz; do
	[[ $has_file_load && $has_gzip ]] || break
	PRELOAD_KEXEC_KERNEL=$work/got does "$packed" 'kexec_file_load initrd=no flags=0x4 cmdline=quiet$' \
		-l -s "$machine/boot/$packed" --append=quiet
	cmp -s "$work/got" "$kernel"
	ok $? "$packed: the kernel gets the content"
done
head -c 50 "$machine/boot/kernel.gz" >"$work/cut.gz"
refused 'a compressed kernel that is cut off' 'cut.gz": .*gzip' -l "$work/cut.gz"
gzip -c "$machine/boot/vmlinux" >"$work/vmlinux.gz"
if [ -n "$has_file_load" ] && [ -n "$has_gzip" ]; then
	errno=kexec_file_load=8
	does 'a vmlinux is left to kexec_load' "$ordinary"$'\nkexec_load ' -l "$work/vmlinux.gz"
	errno=
fi
does 'a UKI by kexec_load' "$by_plan" -l -c "$uki"
head -c 100000 "$uki" >"$work/half"
refused 'half a UKI' 'half": the PE file is cut off: its section ".initrd"' -l -c "$work/half"
for type in nbi-x86 beoboot-x86; do
	refused "-t $type" "image type \"$type\" is not supported: no such file can be found" -l -t $type "$kernel"
done

# Known, and refused with the reason.
refused '--reuseinitrd' '--reuseinitrd is not supported on x86.*--initrd' -l "$kernel" --reuseinitrd
refused '--load-live-update' '--load-live-update is not supported: it is for Xen' --load-live-update "$kernel"
refused '--exec-live-update' '--exec-live-update is not supported: it is for Xen' --exec-live-update
finish
