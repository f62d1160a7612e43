#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The system calls of requests that succeed, in their order, and the calls that are not made.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
# The reason that is named where the tests are not root's.
no_root=
[ "$(id -u)" -eq 0 ] || no_root=' \(it takes root: .*\)'
window=(--mem-min=0x4000000 --mem-max=0xbffffff)
loaded() {
	echo "$1" >"$machine/sys/kernel/kexec_loaded"
}
jump_image='kexec_load entry=0x6c00000 segments=5 flags=0x3e0002
  segment 0x1000\+0x9e000 data=0x0
  segment 0x4000000\+0x2c00000 data=0x13880
  segment 0x6c00000\+0x6000 data=0x[0-9a-f]+
  segment 0x6c06000\+0x53e2000 data=0x106e
  segment 0xbfe8000\+0x18000 data=0x[0-9a-f]+'

if [ -n "$has_file_load" ]; then
	does 'an ordinary load takes kexec_file_load' 'kexec_file_load initrd=30000 flags=0x0 cmdline=quiet$' \
		-l "$kernel" --initrd="$initrd" --append=quiet
	does 'without an initrd the flags show it' 'kexec_file_load initrd=no flags=0x4 cmdline=$' -l "$kernel"
	does '--reuse-cmdline leaves out the words of this boot' 'kexec_file_load .* cmdline=root=UUID=90c9 ro quiet x$' \
		-l "$kernel" --reuse-cmdline --append=x
	echo 'BOOT_IMAGE=/vmlinuz quiet kexec_jump_back_entry=0x1000 -- s BOOT_IMAGE=1' >"$work/cmdline"
	mv "$machine/proc/cmdline" "$work/cmdline.before"
	cp "$work/cmdline" "$machine/proc/cmdline"
	does 'the words of --append go before --' 'kexec_file_load .* cmdline=quiet x -- s BOOT_IMAGE=1 y$' \
		-l "$kernel" --reuse-cmdline --append='x -- y'
	mv "$work/cmdline.before" "$machine/proc/cmdline"
	# Of 2047 the kernel keeps 30 for elfcorehdr=, and one for the NUL.
	printf -v longest '%02016d' 0
	does 'the longest command line of kexec_file_load' 'kexec_file_load .* cmdline=0{2016}$' -l "$kernel" --append="$longest"
	does 'a longer one takes kexec_load' 'kexec_load ' -l "$kernel" --append="0$longest"
	refused 'or is refused, with numbers' 'command line has 2017 bytes; by kexec_file_load this kernel takes at most 2016' \
		-l -s "$kernel" --append="0$longest"
	printf -v longest '%02048d' 0
	refused 'neither takes more than the kernel reads' 'command line has 2048 bytes; this kernel takes at most 2047' \
		-l "$kernel" --append="$longest"
	errno=kexec_file_load=38
	does 'without kexec_file_load: kexec_load' $'kexec_file_load [^\n]*\nkexec_load entry=0x100000 segments=3 flags=0x3e0000' -l "$kernel"
	refused_after "$ordinary" 'but not with -s' 'kexec_file_load refused .*CONFIG_KEXEC_FILE' -l -s "$kernel"
	errno=
else
	refused 'this program is too narrow for -s' 'kexec_file_load refused .*32-bit program cannot call it' -l -s "$kernel"
fi
does '-t of what kexec_file_load takes, too, takes it' "$ordinary\$" -l -t bzImage64 "$kernel"
does 'with -a as well' "$ordinary\$" -l -a -t bzImage64 "$kernel"
refused 'the file is compared with -t' 'not of type uki' -l -t uki "$kernel"
does '-c takes kexec_load only' 'kexec_load entry=0x100000 ' -l -c "$kernel"
for option in --mem-min=0x1000000 --mem-max=0x3fffffff --console-serial '-t bzImage' --args-linux; do
	# shellcheck disable=SC2086 # two words
	does "$option takes kexec_load, as kexec_file_load has no such option" 'kexec_load ' -l "$kernel" $option
done

# Each load and unload leaves a line in the system's log; a refused one does not.
export PRELOAD_MACHINE_SYSLOG=$work/syslog
kexec -l "$kernel"
kexec -l -c "$kernel"
kexec --load-preserve-context "$kernel" "${window[@]}"
errno='kexec_load=22 kexec_file_load=22' kexec -l "$kernel"
kexec -l --dry-run "$kernel"
kexec -u
kexec -u -p
unset PRELOAD_MACHINE_SYSLOG
by=kexec_${has_file_load:+file_}load
[ "$(cat "$work/syslog")" = "kexec: loaded $kernel by $by, to be started by kexec -e
kexec: loaded $kernel by kexec_load, to be started by kexec -e
kexec: loaded $kernel by kexec_load, to be jumped to by kexec -e
kexec: unloaded what kexec -e would start
kexec: unloaded the crash kernel" ]
ok $? 'loads and unloads are in the system log' || diag "$(cat "$work/syslog")"

if [ -n "$has_file_load" ]; then
	kexec -d -l "$kernel" --initrd="$initrd" --append=quiet
	[ "$errors" = "call      kexec_file_load
image     $kernel, $(stat -c %s "$kernel") bytes
initrd    $initrd, $(stat -c %s "$initrd") bytes
cmdline   quiet" ]
	ok $? '-d prints what kexec_file_load gets' || show
fi

# At boot a crash kernel may be loaded at the same time.
PRELOAD_KEXEC_BUSY=3 does 'another load under way is waited for' "($ordinary"$'\n'"){3}$ordinary\$" -l "$kernel"
PRELOAD_KEXEC_BUSY=3 does 'so is it by a load of kexec_load' $'(kexec_load [^\n]*(\n  segment [^\n]*)*\n){3}kexec_load ' -l -c "$kernel"
PRELOAD_KEXEC_BUSY=1 does 'and by an unload' $'kexec_load entry=0x0 [^\n]*\nkexec_load entry=0x0 [^\n]*$' -u

does 'a jump takes kexec_load' "$jump_image\$" --load-preserve-context "$kernel" "${window[@]}"
[ -z "$output" ]
ok $? 'and prints nothing when the window was given' || show
does 'a jump without a window' 'kexec_load entry=0x3c00000 ' --load-preserve-context "$kernel"
said 'prints the one that was chosen' '^window: --mem-min=0x1000000 --mem-max=0x8ffffff$'
kexec --load-preserve-context "$kernel" --mem-min=0x18000000 --mem-max=0x1fffffff
[ "$status" -eq 0 ] && [ "$(wc -l <"$work/errors")" -eq 1 ] &&
	[[ $errors == 'kexec: warning: the window 0x18000000-0x1fffffff holds a part of the running kernel: '* ]]
ok $? 'a window over the running kernel is warned of' || show
for option in '' '-i'; do
	does "a program is called ${option:-with a digest}" 'kexec_load entry=0x100000 segments=5 flags=0x3e0002' \
		$option --load-preserve-context --args-none "$machine/boot/program"
done

# A jump.
loaded 1
does '-e after a jump image: synced, no interface down' $'sync\nreboot 0x45584543$' -e
does '-j' $'sync\nreboot 0x45584543$' -j
does '-e -y' 'reboot 0x45584543$' -e -y
does '-f with a jump' "$jump_image"$'\nsync\nreboot 0x45584543$' --load-preserve-context -f "$kernel" "${window[@]}"
errno=reboot=22
refused_after $'sync\nreboot 0x45584543' 'a jump that is refused' 'the jump was refused: Invalid argument' -e
errno="reboot=1" refused_after $'sync\nreboot 0x45584543' 'a jump that is not permitted: loads are not its matter' "the jump was refused$no_root: Operation not permitted$" -e
errno=

# For good.
does '-u' 'kexec_load entry=0x0 segments=0 flags=0x3e0000$' -u
does '-p -u' 'kexec_load entry=0x0 segments=0 flags=0x3e0001$' -p -u
does '-l' "$ordinary\$" -l "$kernel"
does '-e after an ordinary load' $'sync\nreboot 0x45584543$' -e
# interface NAME FLAGS: IFF_UP is 1, IFF_LOOPBACK 8.
interface() {
	mkdir -p "$machine/sys/class/net/$1"
	echo "$2" >"$machine/sys/class/net/$1/flags"
}
interface eth0 0x1003
interface eth1 0x1002
interface lo 0x9
interface wlan0 0x1003
# PRELOAD_KEXEC_GONE: as it is for good.
PRELOAD_KEXEC_GONE=0 does 'synced first, while there is a network; then what is up goes down, but for the loopback' \
	$'sync\ninterface eth0 down\ninterface wlan0 down\nreboot 0x45584543$' -e
interface eth0 0x1003
interface wlan0 0x1003
PRELOAD_MACHINE_NO_INET=1 PRELOAD_KEXEC_GONE=0 does 'also where the kernel has no AF_INET' \
	$'sync\ninterface eth0 down\ninterface wlan0 down\nreboot 0x45584543$' -e
interface eth0 0x1003
interface wlan0 0x1003
PRELOAD_MACHINE_OLD_NETLINK=1 PRELOAD_KEXEC_GONE=0 does 'also where it is older than 4.10' \
	$'sync\ninterface eth0 down\ninterface wlan0 down\nreboot 0x45584543$' -e
interface eth0 0x1003
PRELOAD_KEXEC_GONE=0 does '-f, too' "$ordinary"$'\nsync\ninterface eth0 down\nreboot 0x45584543$' -f "$kernel"
interface eth0 0x1003
PRELOAD_KEXEC_GONE=0 does '-e -y: only not synced' $'interface eth0 down\nreboot 0x45584543$' -e -y
interface eth0 0x1003
went_down=$'sync\ninterface eth0 down\ninterface wlan0 down\n'
came_up=$'\ninterface eth0 up\ninterface wlan0 up'
flags_now() {
	cat "$machine"/sys/class/net/*/flags | tr '\n' ' '
}
interface wlan0 0x1003
before=$(flags_now)
errno=reboot=22
refused_after "${went_down}reboot 0x45584543$came_up" 'a jump that is refused: the interfaces are up again, and the message reports it' \
	'was refused: Invalid argument; the network interfaces .* are up again; routes and IPv6 addresses may' -e
[ "$(flags_now)" = "$before" ]
ok $? 'and nothing else' || diag "$before, then $(flags_now)"
refused_after $'sync\nreboot 0x45584543' 'with -x there is nothing to report' 'the jump was refused: Invalid argument$' -e -x
refused_after $'sync\nreboot 0x45584543' 'nor with -j' 'the jump was refused: Invalid argument$' -j
# A VLAN, which comes before the interface it stands on.
interface a-vlan 0x1003
echo wlan0 >"$machine/sys/class/net/a-vlan/lower"
refused_after $'sync\ninterface a-vlan down\n.*\ninterface wlan0 up\ninterface a-vlan up' \
	'one that stands on another comes up after it' '; the network interfaces .* are up again; ' -e
echo >"$machine/sys/class/net/eth0/stuck"
refused_after $'sync\ninterface a-vlan down\n.*\ninterface a-vlan up' 'one that cannot be taken down is left' \
	'; the network interfaces .* are up again; ' -e
for name in a-vlan wlan0; do
	echo >"$machine/sys/class/net/$name/stuck"
done
refused_after $'sync\nreboot 0x45584543' 'no interface can be changed: nothing is reported' 'the jump was refused: Invalid argument$' -e
rm -r "$machine/sys/class/net/a-vlan"
rm "$machine"/sys/class/net/*/stuck
# Pulled out in the meantime.
echo gone >"$work/gone"
PRELOAD_KEXEC_LEAVES="$work/gone $machine/sys/class/net/wlan0/flags" \
	refused_after "${went_down}reboot 0x45584543"$'\ninterface eth0 up' 'one that stays down is reported' \
	'; the network interfaces were taken down, and not all could be brought up again' -e
errno=
interface wlan0 0x1003
kexec -e
[ "$status" -eq 0 ] && [[ $calls == *"$came_up" ]] && [ "$(wc -l <"$work/errors")" -eq 1 ] &&
	[[ $errors == 'kexec: warning: the network interfaces '*' are up again; '* ]]
ok $? 'a jump without a record, which came back: the interfaces are up again' || show
does '-e -x' $'sync\nreboot 0x45584543$' -e -x
does '-j' $'sync\nreboot 0x45584543$' -j
does '-f -x -y' "$ordinary"$'\nreboot 0x45584543$' -f -x -y "$kernel"
does 'without an action: shutdown' "$ordinary"$'\nexec shutdown -r now$' "$kernel"
does '-u -l' $'kexec_load entry=0x0 segments=0 flags=0x3e0000\n'"$ordinary" -u -l "$kernel"
loaded 0
for option in -e -j '-e -x'; do
	# shellcheck disable=SC2086 # two words
	refused "nothing is loaded for $option" 'nothing is loaded to jump to; load a kernel first' $option
done
refused 'nor for -b in a kernel that was not jumped to' 'no kexec_jump_back_entry= ' -b

# A dry run makes no call, with any option.
for arguments in "-l $kernel" "-f $kernel" "--load-preserve-context $kernel" "$kernel"; do
	# shellcheck disable=SC2086 # words
	kexec --dry-run --root="$machine" $arguments
	[ "$status" -eq 0 ] && [ -z "$calls" ] && [[ $output == *'segments ('* ]]
	ok $? "--dry-run ${arguments% *} does nothing" || show
done
[ -e "$machine/run/kexec-jump.loaded" ]
ok $((1 - $?)) 'an ordinary load leaves no record of a jump image'

# The record cannot be written: a warning, because -e would take the network down.
rm -rf "${machine:?}/run" "${machine:?}/dev"
kexec --load-preserve-context "$kernel" "${window[@]}"
[ "$status" -eq 0 ] && [ "$(wc -l <"$work/errors")" -eq 1 ] && [[ $errors == *'use -j in place of -e'* ]]
ok $? 'a record that cannot be written is warned of' || show
finish
