#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command line itself: spellings, combinations, and errors in them.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
window=(--mem-min=0x4000000 --mem-max=0xbffffff)
jump='kexec_load entry=0x6c00000 segments=5 flags=0x3e0002'

refused 'nothing at all' 'nothing to do: give a kernel and an option such as -l, or see --help'
refused 'an unknown long option' 'option --nonsense is not known' --nonsense
refused 'an unknown long option with an argument' 'option --nonsense=3 is not known' --nonsense=3 "$kernel"
refused 'a shortened option that is not unique' 'option --mem=1 is not known, or is not unique' --mem=1
refused 'an unknown short option' 'option -Z is not known' -Z
refused "getopt's own sign" 'option -\? is not known' '-?'
refused 'in the middle of others' 'option -Z is not known' --load -dZl "$kernel"
refused 'before others' 'option -Z is not known' "$kernel" --load -Zd
refused 'a long option without its argument' 'option --initrd needs an argument' -l "$kernel" --initrd
refused 'one with a short form without its argument' 'option --type needs an argument' -l "$kernel" --type
refused 'a short option without its argument' 'option -t needs an argument' -l "$kernel" -t
refused 'the last of several without its argument' 'option -t needs an argument' "$kernel" -ldt
refused 'an argument where none belongs' 'option --load=3 takes no argument' --load=3 "$kernel"
refused 'an argument for a long option only' 'option --reuse-cmdline=1 takes no argument' -l --reuse-cmdline=1 "$kernel"
refused 'two kernels' 'one kernel only: "other" is one too many' -l "$kernel" other
refused 'no kernel' 'no kernel given to load' -l
refused 'no kernel, for a jump' 'no kernel given to load' --load-preserve-context "${window[@]}"
for option in -u -e; do
	kexec $option vmlinuz
	[[ $errors == 'kexec: warning: "vmlinuz" is not loaded: '* ]]
	ok $? "a kernel that nothing is done with: $option" || show
done
refused 'a command line, twice' '--append was given twice' -l "$kernel" --append=a --command-line=b
refused 'a confined kernel without bounds' '--confine needs --mem-min and --mem-max' -l --confine "$kernel" --mem-min=1
refused 'a jump that is confined' '--confine goes with -l: a jump confines its kernel' \
	--load-preserve-context --confine "$kernel" "${window[@]}"
refused 'a bound, twice' '--mem-min was given twice' -l "$kernel" --mem-min=1 --mem-min=2
for number in '' x 0xg -1 1.5 '1 ' 16MB 0x10000000000000000; do
	refused "--mem-min=$number" "--mem-min \"$number\" is not a number" -l "$kernel" --mem-min="$number"
	refused "--mem-max=$number" "--mem-max \"$number\" is not a number" -l "$kernel" --mem-max="$number"
	refused "--serial-baud=$number" "--serial-baud \"$number\" is not a number" -l "$kernel" --serial-baud="$number"
done
refused '--serial=0x10000' '--serial 0x10000 is too large' -l "$kernel" --serial=0x10000
refused '--serial-baud=5000000' '--serial-baud 5000000 is too large' -l "$kernel" --serial-baud=5000000
refused '--root without --dry-run' '--root goes with --dry-run only' -l "$kernel" --root="$machine"
refused '--dry-run without a load' '--dry-run goes with loading' --dry-run -e
refused 'a jump with -s' '-s does not go with --load-preserve-context' -s --load-preserve-context "$kernel"
refused 'a crash kernel where nothing is reserved' 'no memory is reserved for a crash kernel .*crashkernel=256M' -p "$kernel"
refused '--args-none for a kernel' 'is a bzImage; --args-none and --args-elf are for ELF files' -l --args-none "$kernel"
refused 'an initrd for a program' 'is a plain program and takes no initrd' \
	-l --args-none "$machine/boot/program" --initrd="$initrd"
refused 'a command line for --args-none' 'takes no command line' -l --args-none "$machine/boot/program" --append=x
refused 'an unknown type' 'unknown image type "a.out"; there are bzImage64, bzImage, multiboot2-x86, multiboot-x86, elf-x86_64, elf-x86, uki' \
	-l -t a.out "$kernel"

# Several spellings of one option.
does '-l -x -y' "$ordinary\$" -l -x -y "$kernel"
does '-lxy' "$ordinary\$" -lxy "$kernel"
does 'the kernel first' "$ordinary\$" "$kernel" -lxy
does 'the kernel after --' "$ordinary\$" -l -- "$kernel"
does 'a shortened option that is unique' 'kexec_load entry=0x0 segments=0' --unl
does '--load-preserve-context' "$jump" --load-preserve-context "${window[@]}" "$kernel"
for spelling in --load-jump-back '-p -n' '-pn' '-n' '-n -p'; do
	# shellcheck disable=SC2086 # two words
	does "$spelling is --load-preserve-context" "$jump" $spelling "${window[@]}" "$kernel"
done
does '--mem-min in other units' "$jump" -n --mem-min=64M --mem-max=201326591 "$kernel"
does 'an argument in a word of its own' "$jump" -n --mem-min 0x4000000 --mem-max 0xbffffff "$kernel"
kexec --dry-run --root="$machine" -l "$kernel" --ramdisk="$initrd" --command-line='a b'
said '--ramdisk is --initrd' '  initrd +30000 bytes'
said '--command-line is --append' 'cmdline   a b$'
does '-t' 'kexec_load' -l -t bzImage "$kernel"
does '-tbzImage' 'kexec_load' -ltbzImage "$kernel"
does '--serial=ttyS1' 'kexec_load' -l "$kernel" --serial=ttyS1 --console-serial

kexec -d -c -l "$kernel"
[ "$status" -eq 0 ] && [[ $errors == *"segments (3 of 16)"* ]]
ok $? '-d prints the plan on stderr' || show

# Status: exit 1 is "loaded".
is_status() { # is_status WANTED NAME ARGUMENTS...
	local wanted=$1 name=$2
	shift 2
	kexec "$@"
	[ "$status" -eq "$wanted" ] && [ -z "$output$errors$calls" ]
	ok $? "$name" || show
}
for loaded in 0 1; do
	for crash in 0 1; do
		echo $loaded >"$machine/sys/kernel/kexec_loaded"
		echo $crash >"$machine/sys/kernel/kexec_crash_loaded"
		for spelling in -S --status '-p -S' '-Sp' '-e -S' '-u -S'; do
			# shellcheck disable=SC2086 # two words
			is_status $crash "$spelling with $loaded, $crash loaded" $spelling
		done
		for spelling in '-l -S' '-Sl' '--load-preserve-context -S' "-l -S $kernel"; do
			# shellcheck disable=SC2086 # two words
			is_status $loaded "$spelling with $loaded, $crash loaded" $spelling
		done
	done
done
rm "$machine/sys/kernel/kexec_loaded" "$machine/sys/kernel/kexec_crash_loaded"
refused '-S without the file for the crash kernel' 'cannot read .*kexec_crash_loaded' -S
mkdir "$machine/sys/kernel/kexec"
echo 1 >"$machine/sys/kernel/kexec/loaded"
echo 0 >"$machine/sys/kernel/kexec/crash_loaded"
is_status 1 'newer kernels have a folder for it: -l -S' -l -S
is_status 0 'newer kernels have a folder for it: -S' -S

for spelling in -v --version; do
	kexec $spelling
	[ "$status" -eq 0 ] && [ "$output" = "kexec-jump $VERSION" ] && [ -z "$errors$calls" ]
	ok $? "$spelling prints the version" || show
done
for spelling in -h --help; do
	kexec -l $spelling "$kernel"
	[ "$status" -eq 0 ] && [[ $output == "Usage: kexec "* ]] && [ -z "$errors$calls" ]
	ok $? "$spelling prints the help and nothing else is done" || show
done
finish
