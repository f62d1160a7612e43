# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the tests here. Runs one bare machine with QEMU; its serial port speaks TAP.
set -eu
# shellcheck source=tests/lib/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/environment.sh"
: "${builddir:?}"

: "${srcdir:?run me with make check-vm-blobs}"
. "$srcdir/tests/lib/x2apic.sh"

bin=$builddir/tests/vm-blobs/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for program in qemu-system-x86_64 qemu-system-i386; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done

# Set this to true for a QEMU that emulates x2APIC.
x2apic=false

# qemu_machine WIDTH SECONDS OPTION...: -no-reboot makes a triple fault end it. The second serial
# port, where purgatory speaks, goes to the file "console", the exceptions to the file "log".
qemu_machine() {
	local width=$1 seconds=$2 program="qemu-system-x86_64" memory=64M
	local -a qemu
	shift 2
	if [ "$width" = 64 ]; then
		memory=6G
	else
		program="qemu-system-i386"
	fi
	qemu=("$program")
	! "$x2apic" || mapfile -t qemu < <(x2apic_qemu "$program")
	exec timeout --foreground "$seconds" "${qemu[@]}" -accel tcg -smp 2 -m "$memory" -display none -no-reboot -nodefaults -vga std \
		-kernel "$bin/machine$width" -serial stdio -serial "file:$scratch/console" \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -d int,cpu_reset -D "$scratch/log" "$@"
}

# The last exceptions before the end: what to look at when a machine dies.
show_log() {
	tail -n 60 "$scratch/log" | sed 's/^/# /'
}

# tap_machine WIDTH OPTION...: all tests of the machine.
tap_machine() {
	local width=$1 status=0
	shift
	(qemu_machine "$width" 60 "$@") || status=$?
	# isa-debug-exit: 2 * value + 1
	case $status in
	1 | 3) ;;
	*)
		echo "# the machine ended with status $status"
		show_log
		;;
	esac
}
