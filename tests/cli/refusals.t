#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the running kernel refuses, and why: root, switches, configuration.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
jump=(--load-preserve-context "$kernel" --mem-max=0xaffffff)
tried='kexec_load entry=0x[0-9a-f]+ segments=[0-9].*'

errno=kexec_load=22
refused_after "$tried" 'a kernel without kexec jump' 'kexec_load refused to load .*CONFIG_KEXEC_JUMP.*Invalid argument' "${jump[@]}"
refused_after "$tried" 'it is not named for an ordinary load' 'kexec_load refused to load: Invalid argument' -l -c "$kernel"
errno=kexec_load=38
refused_after "$tried" 'a kernel without kexec' 'without CONFIG_KEXEC.*Function not implemented' "${jump[@]}"
errno=kexec_load=16
refused_after "$tried" 'another load under way' 'another load or jump is under way.*busy' "${jump[@]}"
[ "$(grep -c ^kexec_load <<<"$calls")" -eq 51 ]
ok $? 'is waited for, for some seconds' || show
errno=kexec_load=12
refused_after "$tried" 'not enough memory' 'not enough free memory.*Cannot allocate memory' "${jump[@]}"
errno=kexec_load=13
refused_after "$tried" 'IMA' 'integrity policy \(IMA\) .*kexec_file_load of a signed kernel \(-s\).*Permission denied' "${jump[@]}"
errno=kexec_load=99
refused_after "$tried" 'an address that is no memory' 'an address is not memory' "${jump[@]}"
errno=

# Reasons to refuse a jump that are known in advance are checked before any other call.
echo 1 >"$machine/sys/kernel/kexec_loaded"
mkdir -p "$machine/proc/self/ns" "$machine/sys/class/net/eth0"
echo 0x1003 >"$machine/sys/class/net/eth0/flags"
printf 'CapPrm:\t000001ffffffffff\nCapEff:\t000001ffffbfffff\n' >"$machine/proc/self/status"
for option in -e -j '-e -x' '-e -y'; do
	# shellcheck disable=SC2086 # two words
	refused "root without CAP_SYS_BOOT: $option" 'the jump would be refused: it takes root: CAP_SYS_BOOT is missing' $option
done
printf 'CapPrm:\t0000000000400000\nCapEff:\t0000000000400000\n' >"$machine/proc/self/status"
PRELOAD_KEXEC_GONE=0 does 'no other capability is needed' $'sync\ninterface eth0 down\nreboot' -e
echo 0x1003 >"$machine/sys/class/net/eth0/flags"
# Files are not the first namespaces.
echo >"$machine/proc/self/ns/pid"
refused 'a PID namespace' 'the jump would be refused: this process is in a PID namespace' -e
echo >"$machine/proc/self/ns/user"
refused 'a user namespace' 'the jump would be refused: this process is in a user namespace' -e
rm -r "$machine/proc/self" "$machine/sys/class/net"
echo 0 >"$machine/sys/kernel/kexec_loaded"

# EPERM, for each reason. CAP_SYS_BOOT is that of this process.
if [ "$(id -u)" -eq 0 ]; then
	errno='kexec_load=1 kexec_file_load=1'
	echo 1 >"$machine/proc/sys/kernel/kexec_load_disabled"
	refused_after "$tried" 'kernel.kexec_load_disabled' 'kernel.kexec_load_disabled is 1.*until the next boot' "${jump[@]}"
	refused_after "$ordinary" 'kernel.kexec_load_disabled, -l' \
		'load refused.*kernel.kexec_load_disabled is 1' -l "$kernel"
	refused_after 'kexec_load .*' 'kernel.kexec_load_disabled, -u' \
		'kexec_load refused to unload.*kernel.kexec_load_disabled is 1' -u
	echo 0 >"$machine/proc/sys/kernel/kexec_load_disabled"
	refused_after "$tried" 'perhaps locked down' 'perhaps the kernel is locked down: then only kexec_file_load' "${jump[@]}"
	mkdir -p "$machine/sys/kernel/security"
	echo 'none [integrity] confidentiality' >"$machine/sys/kernel/security/lockdown"
	refused_after "$tried" 'a kernel that is locked down' 'the kernel is locked down' "${jump[@]}"
	echo '[none] integrity confidentiality' >"$machine/sys/kernel/security/lockdown"
	echo 0 >"$machine/proc/sys/kernel/kexec_load_limit_reboot"
	refused_after "$tried" 'kernel.kexec_load_limit_reboot' 'kexec_load_limit_reboot allows no more' "${jump[@]}"
	rm "$machine/proc/sys/kernel/kexec_load_limit_reboot"
	refused_after "$tried" 'for no visible reason' 'kexec_load refused to load: Operation not permitted' "${jump[@]}"
	if [ -n "$has_file_load" ]; then
		for number in 1 13 38; do
			errno=kexec_load=$number
			does "-u by the other call ($number)" $'kexec_load [^\n]*\nkexec_file_load initrd=no flags=0x1 cmdline=$' -u
		done
		errno=kexec_file_load=13
		refused_after 'kexec_file_load .*' 'a file without the signature that IMA requires' 'integrity policy \(IMA\).*Permission denied' \
			-l -s "$kernel"
	fi
	errno=
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi

if ! timeout 20 "${as[@]}" test -x "$KEXEC" 2>/dev/null; then
	ok 0 "a user other than root # SKIP they cannot execute $KEXEC"
else
	errno='kexec_load=1 kexec_file_load=1 reboot=1'
	refused_after "$tried" 'not root: a jump' 'it takes root: CAP_SYS_BOOT is missing' "${jump[@]}"
	refused_after "$ordinary" 'not root: -l' 'it takes root: CAP_SYS_BOOT is missing' -l "$kernel"
	refused_after 'kexec_load .*' 'not root: -u' 'it takes root: CAP_SYS_BOOT is missing' -u
	echo 1 >"$machine/sys/kernel/kexec_loaded"
	refused_after '.*reboot .*' 'not root: -e' 'it takes root: CAP_SYS_BOOT is missing' -e -x
	echo 0 >"$machine/sys/kernel/kexec_loaded"
	errno=
	cp "$machine/proc/iomem" "$work/iomem"
	sed -i 's/[0-9a-f]\{8,\}-[0-9a-f]\{8,\}/00000000-00000000/' "$machine/proc/iomem"
	refused 'not root: /proc/iomem shows zeros' '/proc/iomem shows only zeros: .*root .*CAP_SYS_ADMIN' "${jump[@]}"
	cp "$work/iomem" "$machine/proc/iomem"
	described=no
	refused 'not root, on this very machine' '(root|CAP_SYS_BOOT|CAP_SYS_ADMIN)' "${jump[@]}"
	described=yes
fi
as=()

echo >"$machine/proc/iomem"
refused 'no System RAM' '/proc/iomem lists no System RAM' "${jump[@]}"
rm "$machine/proc/iomem"
refused 'no /proc' 'cannot open file ".*/proc/iomem"' "${jump[@]}"
cp "$work/iomem" "$machine/proc/iomem" 2>/dev/null ||
	"$builddir/tests/tools/bin/mkmachine" "$srcdir/tests/golden/bios-1g.machine" "$machine"
echo aarch64 >"$machine/proc/sys/kernel/arch"
refused 'another machine' 'this machine is a "aarch64"; only x86_64 and i386' "${jump[@]}"
echo x86_64 >"$machine/proc/sys/kernel/arch"

mv "$machine/proc/kcore" "$work/kcore"
refused 'no /proc/kcore' 'a jump needs .*CONFIG_PROC_KCORE' "${jump[@]}"
does 'which only a jump needs' 'kexec_load ' -l -c "$kernel"
change_kcore() { # change_kcore SED-COMMAND: with another description
	sed "$1" "$srcdir/tests/golden/bios-1g.machine" >"$work/description"
	"$builddir/tests/tools/bin/mkmachine" "$work/description" "$machine"
}
change_kcore '/^info SYMBOL/d'
refused 'a kernel that does not report its page tables' 'no VMCOREINFO with the kernel.s page tables' "${jump[@]}"
change_kcore '/^map .* 0x3fc0a000/d'
refused 'a GDT that is mapped nowhere' 'cannot find the GDT of CPU 0 .*would crash' "${jump[@]}"
change_kcore 's/0xffffffff9a000000/0xffffffff80000000/'
refused 'page tables that are not shown' 'does not show the kernel.s page tables at 0xffffffff9ba10000' "${jump[@]}"
head -c 100 "$machine/proc/kcore" >"$work/cut"
cp "$work/cut" "$machine/proc/kcore"
refused 'a damaged /proc/kcore' 'kcore is cut off' "${jump[@]}"

rm "$machine/sys/kernel/kexec_loaded"
refused 'a kernel without kexec reports no loaded kernel' 'CONFIG_KEXEC, or /sys is not mounted' -l -S
refused 'nor can be jumped from' 'CONFIG_KEXEC, or /sys is not mounted' -e
finish
