#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The systemd units are installed as units that systemd understands, and name programs that are there.
set -u
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
: "${srcdir:?}" "${builddir:?}"
# systemd complains of units that anybody may write to.
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-units-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
count=0

ok() { # ok STATUS NAME: what was printed is in $work/output
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/output"
	fi
}

if ! command -v systemd-analyze >/dev/null; then
	echo "1..0 # SKIP there is no systemd-analyze here"
	exit 0
fi
make -C "$builddir" -s install-units DESTDIR="$work" sbindir="$builddir/sbin" prefix=/usr >"$work/output" 2>&1
ok $? 'units are installed'
units=("$work"/usr/lib/systemd/system/*.service)
for unit in "${units[@]}"; do
	systemd-analyze verify --man=no "$unit" >"$work/output" 2>&1 && [ ! -s "$work/output" ]
	ok $? "${unit##*/}"
done
# Started by each boot without being enabled; the rule starts it for disks that come late.
[ "$(readlink "$work/usr/lib/systemd/system/sysinit.target.wants/khibernate-expire.service")" = ../khibernate-expire.service ] &&
	[ -e "$work/usr/lib/systemd/system/sysinit.target.wants/khibernate-expire.service" ]
ok $? 'khibernate-expire.service is wanted by each boot'
grep -qx 'ConditionVirtualization=!container' "$work/usr/lib/systemd/system/khibernate-expire.service" &&
	grep -qx 'ConditionPathExists=!/etc/initrd-release' "$work/usr/lib/systemd/system/khibernate-expire.service"
ok $? 'it is not run where no system has booted: in a container, in an initramfs'
network=$work/usr/lib/systemd/system/khibernate-expire-network.service
[ "$(readlink "$work/usr/lib/systemd/system/multi-user.target.wants/${network##*/}")" = "../${network##*/}" ] &&
	grep -qx 'After=khibernate-expire.service network.target network-online.target' "$network" &&
	grep -qx 'ConditionDirectoryNotEmpty=/etc/khibernate/hooks.d' "$network"
ok $? 'where programs open the place, each boot tries again when the network is up'
grep -qx AssertPathExists=/etc/khibernate.conf "$work/usr/lib/systemd/system/khibernate.service" &&
	! grep -q ^Condition "$work/usr/lib/systemd/system/khibernate.service"
ok $? 'khibernate.service fails without a configuration: nothing was hibernated'
rules=$work/usr/lib/udev/rules.d/65-khibernate.rules
grep -qF "RUN+=\"$builddir/sbin/khibernate expire\"" "$rules"
ok $? 'the rule for disks that come late starts it without systemd'
# A start of one unit for all disks would be merged into its running job, which may have looked before this disk came.
wanted=$(sed -n 's/.*ENV{SYSTEMD_WANTS}+="\(.*\)"$/\1/p' "$rules")
template=$work/usr/lib/systemd/system/khibernate-expire@.service
# shellcheck disable=SC2016 # udev's
[ "$wanted" = 'khibernate-expire@$major:$minor.service' ] && [ -e "$template" ]
ok $? 'with systemd it starts a unit for this disk alone'
for line in "ExecStart=$builddir/sbin/khibernate expire" StartLimitIntervalSec=0 'ConditionVirtualization=!container' \
	'ConditionPathExists=!/etc/initrd-release'; do
	grep -qx "$line" "$template"
	ok $? "that unit: $line"
done
! grep -q RemainAfterExit "$template"
ok $? 'that unit is started again when the disk is plugged in again'
if udevadm verify --help >/dev/null 2>&1; then
	udevadm verify --no-style "$rules" >"$work/output" 2>&1
	ok $? 'udev understands the rule'
fi
script=$work/usr/share/doc/kexec-jump/khibernate-expire.init
sh -n "$script" >"$work/output" 2>&1 && grep -q "$builddir/sbin/khibernate expire" "$script"
ok $? 'the script for systems without systemd'
# The check sees something.
sed 's|^ExecStart=|ExecStart=/none|' "${units[0]}" >"$work/broken.service"
! systemd-analyze verify --man=no "$work/broken.service" >"$work/output" 2>&1
ok $? 'a unit whose program is not there is refused'

# kexec-load.service: what its line does, with a kexec that prints what it is told, each word in brackets.
mkdir "$work/bin"
printf '#!/bin/sh\nprintf "[%%s]" "$@"\n' >"$work/bin/kexec"
chmod +x "$work/bin/kexec"
make -C "$builddir" -s install-units DESTDIR="$work/fake" sbindir="$work/bin" prefix=/usr >"$work/output" 2>&1
unit=$work/fake/usr/lib/systemd/system/kexec-load.service
# setting NAME: its value in the unit, with the lines that go on from it.
setting() {
	sed -n ':more; /\\$/ { N; b more }; '"s/^$1=//p" "$unit" | sed ':more; N; $!b more; s/\\\n//g'
}
# loads NAME WORDS LINE...: /etc/default/kexec has these lines. For systemd $$ is a $, in quotes, too.
default=$work/default
mkdir -p "$default/kexec.d"
loads() {
	local name=$1 wanted=$2 line
	shift 2
	line=$(setting ExecStart)
	line=${line//'$$'/'$'}
	printf '%s\n' "$@" >"$default/kexec"
	(eval "${line//'/etc/default'/"$default"}") >"$work/output" 2>&1
	[ "$(cat "$work/output")" = "$wanted" ]
	ok $? "kexec-load.service: $name"
}
loads 'by default' '[--load][/vmlinuz][--initrd=/initrd.img][--reuse-cmdline]'
loads 'an empty INITRD is none' '[--load][/vmlinuz][--reuse-cmdline]' INITRD=
loads 'APPEND takes the place of the command line' \
	'[--load][/vmlinuz][--initrd=/initrd.img][--append=root=/dev/sda1 ro  quiet]' 'APPEND="root=/dev/sda1 ro  quiet"'
# shellcheck disable=SC2016 # the shell of the unit's
loads 'a shell reads the file' "[--load][/vmlinuz][--initrd=/initrd.img][--append=$(cat /proc/cmdline) quiet]" \
	'APPEND="$(cat /proc/cmdline) quiet"'
loads 'names with blanks' '[--load][/boot/a kernel][--initrd=/boot/an initrd][--reuse-cmdline]' \
	'KERNEL_IMAGE="/boot/a kernel"' 'INITRD="/boot/an initrd"'
loads 'KEXEC_OPTIONS are words' '[--load][/vmlinuz][--append=x][-s][--no-cma]' INITRD= APPEND=x 'KEXEC_OPTIONS="-s --no-cma"'
# shellcheck disable=SC2016 # the shell of the unit's
echo 'APPEND="$APPEND more"' >"$default/kexec.d/20-more"
echo 'APPEND=first' >"$default/kexec.d/10_first"
echo 'APPEND=wrong' | tee "$default/kexec.d/30-more.dpkg-old" >"$default/kexec.d/40-more~"
loads 'kexec.d is read after it, as run-parts does' '[--load][/vmlinuz][--append=first more]' INITRD= APPEND=x
# The Debian package keeps kexec-tools' file by this name, which purging kexec-tools does not delete.
echo 'APPEND=kept' >"$default/kexec-jump"
loads 'kexec-jump is not read beside kexec' '[--load][/vmlinuz][--append=first more]' INITRD= APPEND=x
rm "$default/kexec" "$default"/kexec.d/*
line=$(setting ExecStart)
line=${line//'$$'/'$'}
(eval "${line//'/etc/default'/"$default"}") >"$work/output" 2>&1
[ "$(cat "$work/output")" = '[--load][/vmlinuz][--initrd=/initrd.img][--append=kept]' ]
ok $? 'kexec-load.service: kexec-jump is read in place of kexec'
rm -r "$default"
line=$(setting ExecStart)
(eval "${line//'$$'/'$'}") >"$work/output" 2>&1
[ "$(cat "$work/output")" = '[--load][/vmlinuz][--initrd=/initrd.img][--reuse-cmdline]' ] || [ -e /etc/default/kexec ] || [ -e /etc/default/kexec-jump ]
ok $? 'kexec-load.service: without any of these files'
[[ $(setting ExecStart) != *[!$]'$'[!$]* ]]
ok $? 'kexec-load.service: systemd itself replaces nothing in that line'
# What is loaded must still be when the system has gone down: nothing on that way stops the unit.
for line in DefaultDependencies=no IgnoreOnIsolate=yes RemainAfterExit=yes; do
	grep -qx "$line" "$unit"
	ok $? "kexec-load.service: $line"
done
! grep -E '^(Conflicts|BindsTo|Requires|RequiresMountsFor|PartOf|Requisite)=' "$unit" >"$work/output"
ok $? 'kexec-load.service: is not stopped with others'
grep -qx 'After=kdump-tools.service kdump.service' "$unit"
ok $? 'kexec-load.service: waits for the units that load a crash kernel'
# systemctl kexec refuses before it starts a unit.
grep -qx 'WantedBy=multi-user.target' "$unit"
ok $? 'kexec-load.service: is started by the boot, if at all'
# Not 0, so that the unit is skipped and nothing is loaded: where something is, and in a PV domain of Xen (xen.t).
[ "$(setting ExecCondition)" = "$work/bin/kexec --load --status" ]
ok $? 'kexec-load.service: asks kexec whether it is to load'
[ "$(setting ExecStop)" = "$work/bin/kexec --unload" ]
ok $? 'kexec-load.service: unloads when it is stopped'

# The hook behind a kernel's installation, with a systemctl that prints what it is told.
printf '#!/bin/sh\necho "$@"\n[ ! -e "%s/fails" ]\n' "$work" >"$work/bin/systemctl"
chmod +x "$work/bin/systemctl"
sed "s|/run/|$work/run/|g" "$work/usr/share/doc/kexec-jump/kexec-load.postinst" >"$work/hook"
# hook NAME WANTED: what it prints; it always succeeds, as a kernel's installation fails with it.
hook() {
	PATH=$work/bin:$PATH sh "$work/hook" 6.1.0-30-amd64 /boot/vmlinuz-6.1.0-30-amd64 >"$work/output" 2>&1 &&
		[ "$(cat "$work/output")" = "$2" ]
	ok $? "kernel hook: $1"
}
hook 'does nothing without systemd' ''
mkdir -p "$work/run/systemd/system"
hook 'loads the kernel again' 'try-restart kexec-load.service'
touch "$work/fails"
hook 'reports a failure' $'try-restart kexec-load.service\nkexec-load: the kernel for systemctl kexec could not be loaded again'
touch "$work/run/kexec-jump.loaded"
hook 'leaves a jump that is loaded alone' ''

# What the Debian package does with the settings of kexec-tools; its postrm, when it is purged, deletes their file.
mkdir -p "$work/default"
package() {
	sed "s|/etc/default/|$work/default/|g; s|/run/systemd|$work/none|g; s|/usr/share/doc/|$work/doc/|g" \
		"$srcdir/debian/kexec-jump.$1" | sh -s "${@:2}" >"$work/output" 2>&1
}
package postinst configure && [ -z "$(ls "$work/default")" ]
ok $? 'package: installed without settings'
echo APPEND=quiet >"$work/default/kexec"
package postinst configure && package postinst configure 0.1 && [ "$(cat "$work/default/kexec")" = APPEND=quiet ]
ok $? 'package: the settings have their old name still'
rm "$work/default/kexec"
[ "$(cat "$work/default/kexec-jump")" = APPEND=quiet ]
ok $? 'package: purging kexec-tools leaves the settings'
ln -s kexec-jump "$work/default/kexec"
mkdir -p "$work/doc/kexec-tools"
package postrm purge && [ "$(ls "$work/default")" = kexec ] && [ "$(cat "$work/default/kexec")" = APPEND=quiet ]
ok $? 'package: purged, it gives them back to a kexec-tools that is there'
rm -r "$work/doc"
package postinst configure && package postrm purge && [ -z "$(ls "$work/default")" ]
ok $? 'package: purged, it leaves nothing'
echo "1..$count"
