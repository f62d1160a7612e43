#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A PV domain of Xen, dom0 or guest: its kernel oopses in kexec_load, so no call is made. Other guests are machines.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g

# domain GUEST_TYPE FEATURES CAPABILITIES: what the running kernel shows of Xen; "-" is a file that is not there.
domain() {
	local files=(sys/hypervisor/guest_type sys/hypervisor/properties/features proc/xen/capabilities)
	local texts=("$@") i
	rm -rf "$machine/sys/hypervisor" "$machine/proc/xen"
	mkdir -p "$machine/sys/hypervisor/properties" "$machine/proc/xen"
	echo xen >"$machine/sys/hypervisor/type"
	for i in 0 1 2; do
		[ "${texts[i]}" = - ] || printf '%s\n' "${texts[i]}" >"$machine/${files[i]}"
	done
}
no_kexec='no kexec in a PV domain of Xen'

domain PV 00000801 control_d
echo 1 >"$machine/sys/kernel/kexec_loaded"
for arguments in "-l $kernel" "-l -s $kernel" "-l -c $kernel" "-l -a $kernel" "-f $kernel" "$kernel" "-p $kernel" \
	"-p -s $kernel" "--load-preserve-context $kernel" "-l --args-none $machine/boot/program" "-b" "-u" "-p -u" "-u -s" \
	"-e" "-j" "-l -u $kernel" "--status" "-l --status" "-p --status"; do
	# shellcheck disable=SC2086 # words
	refused "dom0: ${arguments//$machine\//}" "$no_kexec" $arguments
done
refused 'a described machine is asked, too' "$no_kexec" --dry-run --root="$machine" -l "$kernel"
kexec --print-ckr-size
[ "$status" -eq 0 ] && [ "$output" = 0 ]
ok $? 'queries of files are answered' || show
domain PV 00000001 ''
refused 'a PV guest' "$no_kexec" -l "$kernel"

# Before Linux 4.13 only the features show it.
domain - 00000801 control_d
refused 'dom0 of an older kernel' "$no_kexec" -l "$kernel"
domain - 00000001 -
refused 'a PV guest of an older kernel' "$no_kexec" -l "$kernel"
domain - - control_d
rm -r "$machine/sys/hypervisor"
refused 'dom0 of a kernel without CONFIG_XEN_SYS_HYPERVISOR' "$no_kexec" -l "$kernel"

domain HVM 00000705 ''
does 'an HVM guest is a machine' "$ordinary\$" -l "$kernel"
domain PVH 00000705 ''
does 'a PVH guest' "$ordinary\$" -l "$kernel"
does 'it can unload' 'kexec_load entry=0x0 segments=0' -u
domain - 00000705 -
does 'an HVM guest of an older kernel' "$ordinary\$" -l "$kernel"
domain - - ''
does 'a guest without such files' "$ordinary\$" -l "$kernel"
domain - 00000001 -
echo other >"$machine/sys/hypervisor/type"
does 'another hypervisor' "$ordinary\$" -l "$kernel"
finish
