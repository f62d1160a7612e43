# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# For stories in which the ordinary boot of a Debian resumes A: what A and that Debian do, whatever
# made its initramfs. A's root file system has the label "root"; which of the two disks has it, the
# kernels find out each for itself.

# shellcheck source=tests/vm/guest/lib.sh
. /story/lib.sh

snapshot=PARTUUID=4b4a0001-01

# bytes OFFSET ESCAPES: into the disk for the snapshot.
bytes() {
	printf "$2" | dd of="$disk" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# The other disk gets one partition, from its first MiB on, 499 MiB long, and a number.
make_partition() {
	for disk in /dev/[sv]d[ab]; do
		[ "$disk" = "$(khibernate device LABEL=root)" ] || break
	done
	bytes 440 '\001\000\112\113'
	bytes 446 '\000\000\002\000\203\377\377\377\000\010\000\000\000\230\017\000'
	bytes 510 '\125\252'
	sync
	blockdev --rereadpt "$disk"
}

A_is_resumed() {
	local before
	start_counter
	fill_blob 40
	is "A's root is ext4" "$(awk '$2 == "/" { print $3 }' /proc/mounts | tail -n 1)" ext4
	make_partition
	ok "setup" khibernate setup --device=$snapshot --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
	note "$(cat "$output")"
	before=$(counter)
	ok "khibernate exits 0 in A when it has been resumed" khibernate hibernate
	ok "the counter did not start again" test "$(counter)" -ge "$before"
	ok "the counter continues" counter_advances
	ok "40 MB of random data have the same checksum" check_blob
	echo "written by A" >/root/written
	mount -o remount,ro /
	power_off
}

# In the place of A's going on.
A_is_not_resumed() {
	ok "A is resumed; this is an ordinary boot" false
	power_off
}

root_is_mounted() {
	case $(uname -r) in
	*-amd64 | *-686) ok "the next boot is an ordinary one, with the stock kernel" true ;;
	*) ok "the next boot is an ordinary one, with the stock kernel" false ;;
	esac
	is "the root file system is mounted, with what A wrote" "$(cat /root/written)" "written by A"
}
