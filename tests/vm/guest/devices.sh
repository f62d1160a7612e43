# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# Keeps the hardware that a story names (its header "devices:") at work, and tells whether it still is. Each kind of
# device has a function that works, which adds lines with a number that grows to /run/work.NAME, and one that ends it. It
# replaces none: a reader would find the file empty between opening and writing it.

# shellcheck source=tests/vm/guest/lib.sh
. /story/lib.sh

# for_devices FUNCTION: calls it with name, kind, driver and number of each.
for_devices() {
	local number=0 device
	for device in $(cmdline_value kj.devices | tr , ' '); do
		# shellcheck disable=SC2046 # three words
		"$1" $(echo "$device" | tr : ' ') "$number"
		number=$((number + 1))
	done
}

# within SECONDS COMMAND...: until it succeeds.
within() {
	local tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		usleep 100000
	done
}

# A device that the driver has.
bound_device() {
	# shellcheck disable=SC2086 # a pattern
	find /sys/bus/*/drivers/$1/ -maxdepth 1 -type l ! -name module 2>/dev/null | grep .
}

has_driver() {
	[ "$3" = - ] || ok "$1: $3 has the device" within 10 bound_device "$3"
}

# The disk of a device has its number in its size.
disk_of() {
	grep -lx $(((64 + $1) * 2048)) /sys/block/*/size 2>/dev/null | cut -d/ -f4 | grep .
}

work_disk() {
	local name=$1 folder=/mnt/$1 count=0
	mkdir -p "$folder"
	mke2fs "/dev/$(disk_of "$2")" >/dev/null 2>&1 && mount -t ext4 "/dev/$(disk_of "$2")" "$folder" || return
	until [ -e /run/stop ]; do
		dd if=/dev/urandom of="$folder/new" bs=1000 count=100 conv=fsync 2>/dev/null &&
			sha256sum <"$folder/new" >"$folder/sum$((count % 5))" &&
			mv "$folder/new" "$folder/file$((count % 5))" && count=$((count + 1))
		sync
		echo "$count" >>"/run/work.$name"
	done
}

disk_is_right() {
	local number
	echo 3 >/proc/sys/vm/drop_caches
	for number in 0 1 2 3 4; do
		sha256sum <"/mnt/$1/file$number" | cmp - "/mnt/$1/sum$number" || return
	done
	umount "/mnt/$1"
}

# The service at the other end sends back what it gets. A connection that ends is followed by another.
work_net() {
	local name=$1 interface count=0
	interface=$(basename "$(find /sys/bus/*/drivers/"$2"/*/net/ -mindepth 1 -maxdepth 1 | head -n 1)")
	ifconfig "$interface" "10.0.$3.15" netmask 255.255.255.0 up
	until [ -e /run/stop ]; do
		count=$((count + 1))
		echo "$count" >"/run/connections.$name"
		count_lines | nc "10.0.$3.100" 7 >"/run/echo.$name.$count"
		usleep 200000
	done &
	until [ -e /run/stop ]; do
		cat "/run/echo.$name".* | wc -l >>"/run/work.$name"
		usleep 200000
	done
}

count_lines() {
	local count=0
	until [ -e /run/stop ]; do
		count=$((count + 1))
		echo "$count"
		usleep 100000
	done
}

# What has come back over a connection is what was sent, without a gap. A story in which the other end forgets says how
# many connections there may be.
net_is_right() {
	local file
	[ "$(cat "/run/connections.$1")" -le "${connections:-1}" ] || return
	for file in "/run/echo.$1".*; do
		head -n "$(wc -l <"$file")" "$file" >/run/lines
		seq "$(wc -l <"$file")" | cmp - /run/lines || return
	done
}

work_random() {
	local count=0
	until [ -e /run/stop ]; do
		head -c 16 /dev/hwrng >/dev/null && count=$((count + 1))
		echo "$count" >>"/run/work.$1"
		usleep 200000
	done
}

work_balloon() {
	local count=0 before size=700
	until [ -e /run/stop ]; do
		before=$(grep MemTotal /proc/meminfo)
		size=$((1400 + 60 - size))
		say "monitor balloon $size"
		within 10 balloon_moves "$before" && count=$((count + 1))
		echo "$count" >>"/run/work.$1"
	done
}

balloon_moves() {
	[ "$(grep MemTotal /proc/meminfo)" != "$1" ]
}

# Keys, read from the keyboard that is there: a jump plugs it in anew, and its open file ends.
work_input() {
	while [ ! -e /run/stop ]; do
		cat "/dev/input/$(keyboard)" >>"/run/keys.$1" || usleep 200000
	done 2>/dev/null &
	until [ -e /run/stop ]; do
		say "monitor sendkey a"
		usleep 500000
		wc -c <"/run/keys.$1" >>"/run/work.$1"
	done
}

keyboard() {
	grep -A 4 'Name="QEMU QEMU USB Keyboard"' /proc/bus/input/devices | sed -n 's/.*\(event[0-9]*\).*/\1/p'
}

# A watchdog that is not fed for half a minute resets the machine.
work_watchdog() {
	local count=0
	exec 7>/dev/watchdog || return
	until [ -e /run/stop ]; do
		count=$((count + 1))
		printf w >&7
		echo "$count" >>"/run/work.$1"
		usleep 500000
	done
	printf V >&7
	exec 7>&-
	exec 7>/dev/watchdog
	watchdog_runs && : >/run/watchdog.anew
	printf V >&7
}

# The register that starts and stops it, bit 1: ESB_LOCK_REG in drivers/watchdog/i6300esb.c.
watchdog_runs() {
	[ "$(dd if="$(echo /sys/bus/pci/drivers/i6300ESB*/0*/config)" bs=1 skip=104 count=1 2>/dev/null)" = "$(printf '\002')" ]
}

# What "kexec --load-preserve-context" said is in /run/load.
is_warned_of() {
	[ "$2" != watchdog ] || ok "$1: a warning at the load" grep -q "warning: the watchdog .* runs" /run/load
}

# A text. The host takes pictures of the screen, and compares those with it.
work_screen() {
	printf '\033[?25l\033[2J\033[H' >/dev/tty1
	picture blank
	printf 'A wrote this.\r\n\033[31mIn red, too.\033[m' >/dev/tty1
	picture before
	echo 1 >>"/run/work.$1"
}

picture() {
	say "picture $1"
	sleep 2
}

# Memory of the second node, read again and again.
work_memory() {
	local count=0 sum
	[ "$1" != hot-dimm ] || plug_memory
	mkdir -p /run/cpusets "/mnt/$1"
	mount -t cgroup2 cpusets /run/cpusets && mount -t tmpfs "$1" "/mnt/$1" || return
	echo +cpuset >/run/cpusets/cgroup.subtree_control
	mkdir /run/cpusets/second && echo 1 >/run/cpusets/second/cpuset.mems || return
	sh -c "echo \$\$ >/run/cpusets/second/cgroup.procs && exec head -c 30000000 /dev/urandom >/mnt/$1/data" || return
	sum=$(sha256sum <"/mnt/$1/data")
	until [ -e /run/stop ]; do
		[ "$(sha256sum <"/mnt/$1/data")" = "$sum" ] && count=$((count + 1))
		echo "$count" >>"/run/work.$1"
		usleep 300000
	done
}

# The processor or memory of this name (cpu2, memory40) is put to use when it is there.
put_online() {
	[ "$(cat "$1/online")" = 1 ] || echo 1 >"$1/online"
}

plug_memory() {
	local before block
	before=$(echo /sys/devices/system/memory/memory*)
	say "monitor object_add memory-backend-ram,id=plugged,size=128M"
	say "monitor device_add pc-dimm,id=dimm,memdev=plugged,node=1"
	within 20 sh -c "[ \"\$(echo /sys/devices/system/memory/memory*)\" != \"$before\" ]"
	for block in /sys/devices/system/memory/memory*; do
		put_online "$block"
	done
}

# Linux 6.12 has numbers for the two processors only that the machine begins with.
takes_processors() {
	[ "$(cat /sys/devices/system/cpu/possible)" != 0-1 ]
}

# The third processor.
work_cpu() {
	local count=0
	say "monitor device_add qemu64-x86_64-cpu,socket-id=0,core-id=2,thread-id=0"
	within 20 test -e /sys/devices/system/cpu/cpu2/online && put_online /sys/devices/system/cpu/cpu2
	until [ -e /run/stop ]; do
		taskset 4 true && count=$((count + 1))
		echo "$count" >>"/run/work.$1"
		usleep 300000
	done
}

# An alarm after two seconds, again and again. One that has come is no longer set.
work_alarm() {
	local count=0 alarm=/sys/class/rtc/rtc0/wakealarm
	until [ -e /run/stop ]; do
		echo +2 >$alarm
		while [ -n "$(cat $alarm)" ]; do usleep 200000; done
		count=$((count + 1))
		echo "$count" >>"/run/work.$1"
	done
}

# TPM2_GetRandom, 8 bytes; its answer has 20.
random_of_tpm() {
	(
		exec 8<>/dev/tpm0
		printf '\200\001\000\000\000\014\000\000\001\173\000\010' >&8
		[ "$(head -c 20 <&8 | wc -c)" = 20 ]
	)
}

work_tpm() {
	local count=0
	until [ -e /run/stop ]; do
		random_of_tpm && count=$((count + 1))
		echo "$count" >>"/run/work.$1"
		usleep 300000
	done
}

# It writes its number by itself, as long as the device takes samples.
work_sound() {
	play /dev/snd/pcmC0D0p "/run/work.$1"
}

# Nothing that works on it: interrupts go through it.
remaps_interrupts() {
	dmesg | grep -qE "DMAR-IR: Enabled IRQ remapping|AMD-Vi: Interrupt remapping enabled" && ls /sys/class/iommu/*
}

# Counts as a check: a story has the same number of them by each kernel.
is_left_out() {
	[ "$2" = cpu ] && ! takes_processors && ok "$1: left out, as this kernel takes none" true
}

start_work() {
	! is_left_out "$@" || return
	case $2 in
	iommu) ok "$1: interrupts are remapped" remaps_interrupts && return ;;
	disk) within 20 disk_of "$4" >/dev/null && work_disk "$1" "$4" & ;;
	*) "work_$2" "$1" "$3" "$4" & ;;
	esac
	ok "$1: is at work" work_goes_on "$1" 0
}

work_of() {
	tail -n 1 "/run/work.$1" 2>/dev/null | grep . || echo 0
}

grows_beyond() {
	[ "$(work_of "$1")" -gt "$2" ]
}

work_goes_on() {
	local before
	before=${2:-$(work_of "$1")}
	echo "from $before"
	# A driver may need SCSI's timeout.
	within "$(cmdline_value kj.patience | grep . || echo 30)" grows_beyond "$1" "$before"
}

still_works() {
	! is_left_out "$@" || return
	case $2 in
	iommu) ;;
	screen) picture after ;;
	watchdog) ok "$1: is fed, and does not run" eval "work_goes_on $1 && ! watchdog_runs" ;;
	*) ok "$1: goes on working" work_goes_on "$1" ;;
	esac
}

end_work() {
	case $2 in
	disk) ok "$1: all files are right" disk_is_right "$1" ;;
	watchdog) ok "$1: opened anew, it runs" test -e /run/watchdog.anew ;;
	net) ok "$1: all that was sent has come back" net_is_right "$1" ;;
	esac
}

stop_work() {
	: >/run/stop
	sleep 2
	for_devices end_work
}
