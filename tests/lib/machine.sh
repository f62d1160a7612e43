# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs one virtual machine and reads what it says.

# Set by the script that sources this file.
: "${srcdir:?}"
. "$srcdir/tests/lib/x2apic.sh"

qemu_program() {
	case $1 in
	x86_64) echo qemu-system-x86_64 ;;
	i386) echo qemu-system-i386 ;;
	esac
}

# uefi_firmware: the packages of different releases name the file differently.
uefi_firmware() {
	local file
	for file in /usr/share/ovmf/OVMF.fd /usr/share/OVMF/OVMF.fd /usr/share/qemu/OVMF.fd \
		/usr/share/edk2/ovmf/OVMF.fd; do
		if [ -f "$file" ]; then
			echo "$file"
			return
		fi
	done
	fail "no UEFI firmware for QEMU: apt-get install ovmf"
}

# A story's machine: machine_arguments FILE ARCH WORK ROLE fills the array "qemu".
# Emulation always: /dev/kvm may be there and not work, and results shall not
# depend on the machine that runs the tests.
machine_arguments() {
	local file=$1 arch=$2 work=$3 role=$4 cpu
	cpu=$(story_role_value "$file" "$arch" cpu "$role")
	qemu=("$(qemu_program "$arch")" -accel tcg -no-reboot -nodefaults
		-display none -monitor none
		-machine "$(story_value "$file" "$arch" machine pc)"
		-m "$(story_role_value "$file" "$arch" memory "$role" 1024)"
		-smp "$(story_value "$file" "$arch" cpus 1)")
	[ -z "$cpu" ] || qemu+=(-cpu "$cpu")
	case $(story_value "$file" "$arch" x2apic no) in
	no) ;;
	yes) x2apic_arguments "$arch" ;;
	*) fail "$file: x2apic is yes or no" ;;
	esac
	case $(story_value "$file" "$arch" ram zeros) in
	zeros) ;;
	junk) junk_arguments "$work/ram" "$(story_role_value "$file" "$arch" memory "$role" 1024)" ;;
	*) fail "$file: ram is zeros or junk" ;;
	esac
	[ -z "$(story_value "$file" "$arch" vga)" ] ||
		qemu+=(-vga "$(story_value "$file" "$arch" vga)")
	case $(story_value "$file" "$arch" clock real) in
	real) ;;
	instructions) qemu+=(-icount 'shift=2,sleep=off') ;;
	*) fail "$file: clock is real or instructions" ;;
	esac
	case $(story_value "$file" "$arch" resets no) in
	no) ;;
	yes) qemu+=(-action reboot=reset) ;;
	*) fail "$file: resets is yes or no" ;;
	esac
	case $(story_value "$file" "$arch" firmware bios) in
	bios) ;;
	uefi) qemu+=(-bios "$(uefi_firmware)") ;;
	*) fail "$file: firmware is bios or uefi" ;;
	esac
	disk_arguments "$file" "$arch" "$work"
	device_arguments "$file" "$arch" "$work"
}

# x2apic_arguments ARCH: a kernel enters x2APIC mode only where interrupts can be remapped.
x2apic_arguments() {
	local -a program
	mapfile -t program < <(x2apic_qemu "$(qemu_program "$1")")
	[ "${#program[@]}" -gt 0 ] || fail "no QEMU that emulates x2APIC"
	qemu=("${program[@]}" "${qemu[@]:1}" -machine q35 -cpu max -device "intel-iommu,intremap=on,eim=on")
}

# junk_arguments PATH MIB: memory that nobody has zeroed. Each start sees the file, none writes to it.
junk_arguments() {
	local path=$1-$2
	[ -e "$path" ] || yes 'left over from before' | head -c "$2M" >"$path"
	qemu+=(-object "memory-backend-file,id=ram,size=$2M,mem-path=$path,share=off" -machine memory-backend=ram)
}

# Disks are /dev/vda, /dev/vdb in this order, or /dev/sda, /dev/sdb. Sparse: they cost nothing until the machine writes.
disk_arguments() {
	local file=$1 arch=$2 work=$3 size path bus
	local -a bad
	path=$work/disk
	bus=$(story_value "$file" "$arch" disks virtio)
	case $bus in
	virtio | ide) ;;
	virtio-4096)
		bus=virtio
		qemu+=(-global virtio-blk-device.logical_block_size=4096 -global virtio-blk-device.physical_block_size=4096)
		;;
	*) fail "$file: disks are virtio, virtio-4096 or ide" ;;
	esac
	read -ra bad < <(story_value "$file" "$arch" disk-error)
	for size in $(story_value "$file" "$arch" disk); do
		[ -e "$path" ] || truncate -s "$size" "$path"
		case ${bad[0]:--} in
		-) qemu+=(-drive "file=$path,format=raw,if=$bus,cache=unsafe") ;;
		*) bad_disk_arguments "$path" "${bad[0]}" ;;
		esac
		bad=("${bad[@]:1}")
		path+=2
	done
	[ -z "$(story_value "$file" "$arch" root)" ] ||
		qemu+=(-drive "file=$work/root,format=raw,if=$bus,cache=unsafe")
}

# bad_disk_arguments FILE PLACE[:read]: a disk where writes to this place, or reads of it, fail, always.
bad_disk_arguments() {
	local place=${2%:read} type="write" sector
	[ "$place" = "$2" ] || type="read"
	sector=$(($(numfmt --from=iec "$place") / 512))
	qemu+=(-drive "if=virtio,cache=unsafe,werror=report,driver=blkdebug,image.driver=file,image.filename=$1,$(
		)inject-error.0.event=none,inject-error.0.iotype=$type,inject-error.0.errno=5,$(
		)inject-error.0.sector=$sector")
}

# stuck_arguments SOCKET: a monitor for ask_when_stuck.
stuck_arguments() {
	rm -f "$1"
	qemu+=(-chardev "socket,id=stuck,path=$1,server=on,wait=off" -mon "chardev=stuck,mode=readline")
}

# ask_when_stuck SECONDS SOCKET: waits, then prints the registers of all processors, lets the kernel write to its
# console what they do and who is blocked (SysRq l and w, by a serial break; standard input is the end of a pipe that the
# kernel reads), and ends the machine.
ask_when_stuck() {
	exec perl -MIO::Socket::UNIX -e '
		my ($seconds, $path) = @ARGV;
		sleep $seconds;
		open(my $serial, ">>&=", 0) or die "no serial port: $!\n";
		my $monitor = IO::Socket::UNIX->new(Peer => $path) or die "no monitor at $path: $!\n";
		sub ask { print $monitor "$_[0]\n"; $monitor->flush; }
		ask("info registers -a");
		ask("info lapic $_") for 0, 1;
		ask("info pic");
		for my $key ("9", "l", "w") {
			ask("chardev-send-break serial0");
			sleep 1;
			syswrite($serial, $key);
			sleep 1;
		}
		ask("quit");
		while (<$monitor>) {
			s/\r//g;
			print unless /^\(qemu\)/;
		}
	' "$@"
}

# Interrupts and exceptions are logged by QEMU into a pipe of which the last part
# is kept: the whole would be gigabytes.
keep_last() {
	tail -c 60000 >"$1"
}

# How a machine that vanished came to its end: the last exceptions of kernels (a
# program's page faults and the interrupts of devices say nothing) and the
# registers at the very last one.
show_last_exception() {
	local log=$1 exceptions='^ *[0-9]+: v=[01][0-9a-f] .*cpl=0|Triple fault'
	grep -aE "$exceptions|check_exception old: 0x[0-9a-e]" "$log" | tail -n 8
	grep -anE "$exceptions" "$log" | grep -v Triple | tail -n 1 | cut -d: -f1 |
		while read -r line; do
			tail -n "+$line" "$log" | head -n 24
		done
}

triple_fault() {
	grep -qa 'Triple fault' "$1"
}
