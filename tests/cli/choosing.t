#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# krestore without --method, on a described machine: it places the snapshot if this kernel can; where it can do that in
# no way, one line has the reason of each, nothing is loaded, and the snapshot is as it was.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"
# shellcheck source=tests/lib/placing.sh
. "$srcdir/tests/lib/placing.sh"
placing_or_skip

pages=2000 mebibytes=32
"$tools/mkcore" core "$pages" 1 || exit
"$sbin/kdump" --format=khimage --compress=none --from=core whole 2>/dev/null || exit

# chooses [OPTION...]: on a fresh machine, on which prepare was called; the results are as of run.
chooses() {
	rm -rf machine
	placing_machine machine "$mebibytes" || exit
	prepare
	cp whole snapshot
	run placing machine "$sbin/krestore" --force "$@" snapshot
	if [ ! -e machine.mark ]; then
		echo "Bail out! krestore ran without a guard"
		exit 1
	fi
	slurp calls machine.log
}

# The window guard refuses: the machine's memory is the snapshot's.
neither() { # neither NAME REASON
	chooses
	[ "$status" -eq 1 ] && [ "$(grep -vc 'continuing because of --force\|has no list of file systems\|page tables cannot be read' <<<"$errors")" -eq 1 ] &&
		[[ ${errors##*$'\n'} =~ ^krestore:\ this\ kernel\ cannot\ restore\ it\..*by\ placement:\ $2\..*window:\ . ]] &&
		[ -z "$calls" ] && cmp whole snapshot
	ok $? "$1" || diag "status $status: $errors: $calls"
}

prepare() { :; }
chooses
[ "$status" -eq 0 ] && [[ $calls == *kexec_load*reboot* ]] && [[ $errors != *placement* ]] &&
	[ "$(shell_value KJUMP_STATE snapshot)" = used ]
ok $? "a kernel that can places it" || diag "status $status: $errors: $calls"
chooses --check
[ "$status" -eq 0 ] && [ -z "$calls" ] && cmp whole snapshot
ok $? "--check finds that it can, and loads nothing" || diag "status $status: $errors: $calls"
chooses --method=window
[ "$status" -eq 1 ] && [[ $errors != *placement* ]] && [ -z "$calls" ]
ok $? "--method=window does not place it" || diag "status $status: $errors: $calls"

# hugepages= on the command line, which the saved kernel's program used.
huge=machine/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
prepare() { mkdir -p "${huge%/*}" && echo 14 >"$huge"; }
chooses
[ "$status" -eq 0 ] && [[ $calls == *kexec_load*reboot* ]] && [ "$(shell_value KJUMP_STATE snapshot)" = used ]
ok $? "it takes the memory of huge pages that are kept for programs" || diag "status $status: $errors: $calls"
[ "$(cat "$huge")" = 14 ]
ok $? "the kernel keeps as many as before if it continues" || diag "$(cat "$huge")"

prepare() { printf 'Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n' >machine/proc/swaps; }
neither "a kernel that would swap to a disk to make room" "/dev/sda2 is used as swap.*swapoff.*"

prepare() { rm machine/proc/self/pagemap; }
neither "without CONFIG_PROC_PAGE_MONITOR" ".*CONFIG_PROC_PAGE_MONITOR.*"
chooses --method=place
[ "$status" -eq 1 ] && [[ $errors == *PROC_PAGE_MONITOR* ]] && [[ $errors != *window* ]] && [ -z "$calls" ]
ok $? "--method=place has that reason only" || diag "status $status: $errors: $calls"
prepare() { mkdir -p machine/proc/sys/kernel && echo 1 >machine/proc/sys/kernel/kexec_load_disabled; }
neither "a kernel that loads nothing any more" "kexec_load will be refused: kernel.kexec_load_disabled is 1.*"
prepare() {
	mkdir -p machine/sys/kernel/security
	echo 'none [integrity] confidentiality' >machine/sys/kernel/security/lockdown
}
neither "a kernel that is locked down" "kexec_load will be refused: the kernel is locked down.*"
prepare() { sed -i 's/^00100000-.*/00100000-003fffff : System RAM/' machine/proc/iomem; }
neither "a kernel without a part of memory" "this kernel was started without a part of 0x[0-9a-f]*-0x[0-9a-f]* .*"
prepare() { echo 4 >machine/blocks; }
neither "a kernel with too little memory to spare" "the snapshot needs .*, and this kernel can spare .*"
finish
