#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file of a kernel that sleeps: what of it is made anew when it is loaded, and when it is refused.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
cd "$work" || exit
mkdir -p "$machine/proc/sys/kernel/random"
echo 01234567-89ab-cdef-0123-456789abcdef >"$machine/proc/sys/kernel/random/boot_id"
printf 'vendor_id\t: GenuineIntel\nflags\t\t: fpu sse2\n' >"$machine/proc/cpuinfo"
wake=(--load-preserve-context --args-none)

sleeps() {
	"$builddir/tests/tools/bin/mkasleep" "$machine" 0x4000000 0x4ffffff "$1" || exit
}

# word MEMORY ADDRESS: eight bytes, in hexadecimal digits.
word() {
	od -An -tx8 -j "$(($2))" -N 8 "$1" | tr -d ' '
}

sleeps asleep
truncate -s 1G ram
PRELOAD_KEXEC_MEMORY=$work/ram does 'a sleeping kernel is loaded' 'kexec_load entry=0x4ffa000 segments=[0-9]+ flags=0x3e0002
  segment 0x1000\+' "${wake[@]}" asleep --append='khdev=/dev/sda1 two words'
[ "$(word ram 0x4123000) $(word ram 0x4fcf000) $(word ram 0x4fdc000)" = '0000000004123000 0000000004fcf000 0000000004fdc000' ]
ok $? 'its memory is where it was, before and behind the gate'
[ "$(word ram 0x4fd0040)" = 0031455441474a4b ] && [[ $(word ram 0x4fd0058) =~ ^ffff8 ]]
ok $? 'its gate gets the GDT of this boot' || diag "$(od -Ax -tx8 -j $((0x4fd0040)) -N 72 ram)"
tail -c +$((0x4fe8000 + 1)) ram | head -c $((0x12000)) >room
[ "$(head -c 4 room | tail -c 3)" = ELF ] && grep -qa 'khdev=/dev/sda1 two words' room &&
	grep -qa "$(printf '\001\043\105\147')" room && grep -qa OSRELEASE= room
ok $? 'its room gets the headers, notes and words of this boot'

refused 'to be loaded for good' 'is a sleeping kernel: it is woken by a jump; load it with --load-preserve-context' -l --args-none asleep
refused 'more words than there is room' 'keeps [0-9]+ bytes free for what it has to be told, and these are [0-9]+' \
	"${wake[@]}" asleep --append="$(head -c 80000 /dev/zero | tr '\0' w)"
refused 'with what is not its option' 'save-asleep stands alone' --save-asleep=file -e

damaged() { # damaged NAME OFFSET BYTES PATTERN
	cp asleep damaged
	printf '%b' "$3" | dd of=damaged bs=1 seek="$(($2))" conv=notrunc 2>/dev/null
	refused "$1" "$4" "${wake[@]}" damaged
}
damaged 'a page of it has changed' 500000 x 'it is damaged: the digest of its memory differs'
damaged 'its entry is elsewhere' 24 '\0' 'its entry 0x4fd0000 is not that of a gate'
damaged 'its entry is in the room' 24 '\020\200\376' 'its gate or its room is not where it has to be'
head -c 3000000 asleep >damaged
refused 'it is cut off' 'outside|cut off|ends before' "${wake[@]}" damaged

sed -i 's/ sse2/& avx2/' "$machine/proc/cpuinfo"
refused 'another processor' 'its processor differs' "${wake[@]}" asleep
sleeps asleep
sed -i 's/^\(0*4\)000000-/\14000000-/; s/.*: Kernel code/04100000-04ffffff : Kernel code/' "$machine/proc/iomem"
kexec "${wake[@]}" asleep
[ "$status" -eq 0 ] && [[ $errors == *'holds a part of the running kernel'* ]]
ok $? 'a warning if this kernel lies in its window' || show
finish
