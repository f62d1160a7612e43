# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's kexec-tools, for comparison: unpacked in the cache, never installed, and run only with the system calls
# replaced (tests/tools/preload_kexec.c). Sourced behind common.sh.

# Without CAP_SYS_BOOT the kernel refuses to load and to jump; and there is no network to take down.
# shellcheck disable=SC2034 # for the scripts that source this
safe=(setpriv --bounding-set=-sys_boot --inh-caps=-sys_boot unshare --net)

# kexec-tools with the libraries it needs, unpacked in the cache if not installed.
find_peer() {
	local folder=$cache/bench
	peer_libraries=
	if [ -x /sbin/kexec ] && [ "$(dpkg-query -W -f '${db:Status-Status}' kexec-tools 2>/dev/null)" = installed ]; then
		peer=/sbin/kexec
		return
	fi
	[ -x "$folder/peer/sbin/kexec" ] || logged "$folder/peer.log" "unpacked kexec-tools" fetch_peer "$folder"
	peer=$folder/peer/sbin/kexec
	peer_libraries=$folder/peer/usr/lib/x86_64-linux-gnu
}

# shellcheck disable=SC2317 # called by name
fetch_peer() {
	local folder=$1 packages package
	# What is not on every machine: the Xen libraries it is linked with.
	packages=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
		--no-replaces --no-enhances kexec-tools | grep '^libxen' | sort -u)
	rm -rf "$folder/new"
	mkdir -p "$folder/new/debs"
	cd "$folder/new/debs" || return
	# shellcheck disable=SC2086 # a list of words
	apt-get -q -o APT::Sandbox::User=root download kexec-tools $packages
	for package in *.deb; do
		dpkg -x "$package" "$folder/new/root"
	done
	rm -rf "$folder/peer"
	mv "$folder/new/root" "$folder/peer"
	rm -rf "$folder/new"
}

# A loader that makes system calls without the C library could not be intercepted.
check_interceptable() {
	if LC_ALL=C objdump -d "$1" | grep -qE '[[:space:]](syscall|sysenter|int +\$0x80)[[:space:]]*$'; then
		fail "$1 makes system calls of its own: it is not run"
	fi
}
