# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# krestore --method=place on a described machine: it takes real memory, whose physical addresses are described
# (tests/tools/preload_pagemap.c). Nothing is loaded, nothing jumps, and this machine's settings stay as they are.
#
#	placing_machine "$work/machine" 512      # MiB
#	placing "$work/machine" krestore --method=place --force SNAPSHOT

: "${builddir:?}"
tools=$builddir/tests/tools/bin

# The whole test is skipped where no machine can be described.
placing_or_skip() {
	if [ ! -e "$tools/preload_pagemap.so" ]; then
		echo "1..0 # SKIP a static program cannot be run on a described machine"
		exit 0
	fi
}

# placing_machine FOLDER MEBIBYTES [ADDRESS]: a plain PC with so much memory, all of it from address 0 on, and 2 MiB more at
# that address (hexadecimal, without 0x).
placing_machine() {
	local end far=
	end=$(printf %x $((($2 << 20) - 1)))
	[ -z "${3-}" ] || far=$(printf '%s-%x : System RAM\nx' "$3" $((0x$3 + 0x1fffff)))
	far=${far%x}
	cat >"$1.description" <<-DESCRIPTION
	@@ text proc/sys/kernel/arch
	x86_64
	@@ text proc/sys/vm/compact_unevictable_allowed
	1
	@@ text proc/cmdline
	quiet
	@@ text proc/cpuinfo
	processor : 0
	@@ text proc/meminfo
	MemTotal: $(($2 << 10)) kB
	@@ text proc/iomem
	00001000-0009efff : System RAM
	00100000-$end : System RAM
	$far
	@@ memmap sys/firmware/memmap
	00001000-0009efff : System RAM
	00100000-$end : System RAM
	$far
	DESCRIPTION
	mkdir -p "$1"
	"$builddir/tests/tools/bin/mkmachine" "$1.description" "$1" || return
	mkdir -p "$1/run" "$1/dev" "$1/sys/kernel" "$1/sys/class/block" "$1/proc/self"
	: >"$1/proc/self/pagemap"
	# The program is root's there, whoever runs the tests.
	echo "CapEff: 000000ffffffffff" >"$1/proc/self/status"
	echo 0 >"$1/sys/kernel/kexec_loaded"
	echo $(($2 / 2)) >"$1/blocks"
}

# placing MACHINE COMMAND...: runs it there. Calls are noted in MACHINE.log; with MACHINE.loaded and MACHINE.memory,
# files as large as the machine's memory, its content is written to these. $ignored: a signal that its parent ignores.
placing() {
	local machine=$1
	shift
	rm -f "$machine.log" "$machine.mark"
	env ${ignored:+--ignore-signal="$ignored"} \
		LD_PRELOAD="${preload_first:+$preload_first:}$tools/preload_kexec.so:$tools/preload_pagemap.so:$tools/preload_machine.so" \
		ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS-}" \
		PRELOAD_KEXEC_LOG="$machine.log" PRELOAD_KEXEC_MEMORY="$machine.loaded" \
		PRELOAD_MACHINE_MARK="$machine.mark" PRELOAD_MACHINE_ROOT="$machine" \
		PRELOAD_PAGEMAP_BLOCKS="$(cat "$machine/blocks")" PRELOAD_PAGEMAP_MEMORY="$machine.memory" "$@"
}
