#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The systemd units are installed as units that systemd understands, and name programs that are there.
set -u
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
# The check sees something.
sed 's|^ExecStart=|ExecStart=/none|' "${units[0]}" >"$work/broken.service"
! systemd-analyze verify --man=no "$work/broken.service" >"$work/output" 2>&1
ok $? 'a unit whose program is not there is refused'
mkdir "$work/systemd-hibernate.service.d"
cp "$work"/usr/share/doc/*/hibernate-by-khibernate.conf "$work/systemd-hibernate.service.d/khibernate.conf"
printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' >"$work/systemd-hibernate.service"
systemd-analyze verify --man=no "$work/systemd-hibernate.service" >"$work/output" 2>&1 && [ ! -s "$work/output" ]
ok $? 'systemd-hibernate.service with the example'
echo "1..$count"
