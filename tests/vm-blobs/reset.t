#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# After an ordinary kexec the placing program refuses by a reset, and the next boot finds its message in memory.
. "$(dirname "$0")/run.sh"

number=0
for width in 32 64; do
	# The machine is started again where the others end.
	while read -r result; do
		case $result in
		ok* | "not ok"*)
			number=$((number + 1))
			echo "${result%% [0-9]*} $number - $width bits: ${result#* - }"
			;;
		*) echo "# $result" ;;
		esac
	done < <(qemu_machine $width 30 -append reset -action reboot=reset)
done
[ "$number" = 6 ] || echo "not ok $((number += 1)) - both machines come to their end"
echo "1..$number"
