# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The hardware that a story names (tests/vm/devices).

# Set by the script that sources this file.
: "${srcdir:?}"

# device_row NAME: its kind, driver and arguments.
device_row() {
	local name rest
	while read -r name rest; do
		if [ "$name" = "$1" ]; then
			echo "$rest"
			return
		fi
	done <"$srcdir/tests/vm/devices"
	fail "no such device in tests/vm/devices: $1"
}

# device_words FILE ARCH: what lib.sh's devices() reads, a word for the command line: NAME:KIND:DRIVER,...
device_words() {
	local device kind driver words=
	for device in $(story_value "$1" "$2" devices); do
		read -r kind driver _ < <(device_row "$device")
		words+=${words:+,}$device:$kind:$driver
	done
	echo "${words:+kj.devices=$words}"
}

# device_arguments FILE ARCH WORK: adds to the array "qemu". Each disk has a size of its own, by which it is known. The
# monitor takes what the machine says behind "KJ monitor".
device_arguments() {
	local work=$3 device number=0 path row
	local -a words
	for device in $(story_value "$1" "$2" devices); do
		path=$work/device$number
		row=$(device_row "$device")
		read -ra words <<<"$row"
		case $row in
		*DISK*)
			[ -e "$path" ] || truncate -s $((64 + number))M "$path"
			qemu+=(-drive "file=$path,format=raw,if=none,id=disk$number,cache=unsafe")
			;;
		*NET*)
			qemu+=(-netdev "user,id=net$number,net=10.0.$number.0/24,restrict=on,$(
				)guestfwd=tcp:10.0.$number.100:7-cmd:cat$(
				)$(network_disk "$1" "$2" "$work" "$number")")
			;;
		*TPM*) start_tpm "$work/tpm" ;;
		esac
		words=("${words[@]//DISK/disk$number}")
		words=("${words[@]//path=TPM/path=$work/tpm/socket}")
		qemu+=("${words[@]:2}")
		qemu=("${qemu[@]//NET/net$number}")
		number=$((number + 1))
	done
	[ "$number" -gt 0 ] || return 0
	monitor_arguments "$work/monitor"
}

# start_tpm FOLDER: which keeps what it knows. It ends with its machine.
start_tpm() {
	need_programs swtpm
	mkdir -p "$1"
	swtpm socket --tpm2 --tpmstate "dir=$1" --ctrl "type=unixio,path=$1/socket" --terminate --daemon 3>&- 4>&- 5>&- 6>&-
}

# network_disk FILE ARCH WORK NUMBER: what is added for a disk of the host.
network_disk() {
	local size
	size=$(story_value "$1" "$2" network-disk)
	[ -n "$size" ] || return 0
	need_programs qemu-storage-daemon
	[ -e "$3/network-disk" ] || truncate -s "$size" "$3/network-disk"
	echo ",guestfwd=tcp:10.0.$4.100:10809-cmd:$srcdir/tests/lib/serve-disk $3/network-disk"
}

# monitor_arguments PATH: a monitor that reads PATH.in. Both ends of both pipes are held open, so that nobody waits.
monitor_arguments() {
	[ -p "$1.in" ] || mkfifo "$1.in" "$1.out"
	exec 5<>"$1.in" 6<>"$1.out"
	qemu+=(-chardev "pipe,id=monitor,path=$1" -mon "chardev=monitor,mode=readline")
}
