# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs what actions-table and status-table list, and compares what comes of it. Sourced behind cli.sh, by a test of
# this kexec (actions.t), and by one of Debian's (tests/peer/actions): $column is "ours" or "theirs".
#
# shellcheck disable=SC2154 # variables of cli.sh and of the tests

actions_table=$srcdir/tests/cli/actions-table
status_table=$srcdir/tests/cli/status-table
read -ra bounds <<<'--mem-min=0x1000000 --mem-max=0x4ffffff'

prepare_actions() {
	begin crashkernel
	mkdir -p "$machine/sys/class/net/eth0"
	# A kernel that is started for good does not come back.
	export PRELOAD_KEXEC_GONE=0 PRELOAD_KEXEC_STATE=$machine/sys/kernel
}

# state ORDINARY CRASH: what is loaded already, 0 or 1 each.
state() {
	echo "$1" >"$machine/sys/kernel/kexec_loaded"
	echo "$2" >"$machine/sys/kernel/kexec_crash_loaded"
	echo 0x1003 >"$machine/sys/class/net/eth0/flags"
	rm -f "$machine/run/kexec-jump.loaded" "$machine/dev/.kexec-jump.loaded"
}

# deed CALL REST: a line of the log in a word.
deed() {
	local flags=${2##*flags=}
	flags=${flags%% *}
	case $1 in
	kexec_file_load)
		if ((flags & 1)); then deed=unload; else deed="file-load"; fi
		((!(flags & 2))) || deed+=-panic
		;;
	kexec_load)
		deed=load
		[[ $2 != *'segments=0 '* ]] || deed=unload
		((!(flags & 1))) || deed+=-panic
		[ "$deed" != load ] || ((!(flags & 2))) || deed=load-preserve
		;;
	reboot) deed=jump ;;
	exec) deed=shutdown ;;
	interface) deed=ifdown ;;
	# A sync harms nothing wherever it is done; segments are of the call before.
	*) deed= ;;
	esac
}

# outcome ARGUMENT...: of the last run, in words: what was done, what was answered, "!" where the exit status is not 0.
outcome() {
	local call rest deed
	result=
	while read -r call rest; do
		deed "$call" "$rest"
		result+=${deed:+ $deed}
	done <<<"$calls"
	# kexec-tools takes interfaces down though it does not jump, and has another default than -a.
	[[ $result == *jump* ]] || result=${result// ifdown/}
	[[ " $* " == *' -'[csa]' '* ]] || result=${result//file-/}
	if [ "$status" -ne 0 ]; then
		result+=' !'
	elif [[ $output =~ ^[0-9]+$ ]]; then
		result+=' size'
	elif [[ $output == *Usage:* ]]; then
		result+=' help'
	elif [[ $output =~ ^kexec-(tools|jump)' ' ]]; then
		result+=' version'
	fi
	result=${result# }
	result=${result:-nothing}
}

# try LOADED KERNEL-OR-EMPTY ARGUMENT...: sets $result.
try() {
	local loaded=$1 file=$2 arguments
	shift 2
	arguments=("$@")
	[[ " $* " != *' --load-preserve-context '* ]] || arguments+=("${bounds[@]}")
	state "$loaded" "$loaded"
	kexec "${arguments[@]}" ${file:+"$file"}
	outcome "$@"
}

# Three outcomes: with a kernel named and something loaded before; with nothing loaded; with no kernel named.
try_all() {
	try 1 "$kernel" "$@"
	results=$result
	[ "$modifies" = yes ] && return
	try 0 "$kernel" "$@"
	results+=" | $result"
	try 1 '' "$@"
	results+=" | $result"
}

# check_actions: every line of the table; UPDATE=1 prints it with what was found for kexec-tools.
check_actions() {
	local line arguments wanted next words
	mapfile -t lines <"$actions_table"
	for ((i = 0; i < ${#lines[@]}; i++)); do
		line=${lines[i]}
		if [[ $line != *' | '* ]] || [[ $line == [\#\ ]* ]]; then
			[ -z "${UPDATE-}" ] || echo "$line" >>"$work/table"
			continue
		fi
		arguments=${line%% | *} wanted=${line#* | }
		next=${lines[i + 1]-}
		if [ "$column" = ours ] && [[ $next == '  here | '* ]]; then
			wanted=${next#*here | }
			wanted=${wanted%%  \#*}
		fi
		read -ra words <<<"$arguments"
		# A 32-bit program has no kexec_file_load.
		[ -n "$has_file_load" ] || [[ " ${words[*]} " != *' -'[sa]' '* ]] || continue
		modifies=no
		[[ $wanted == *' | '* ]] || modifies=yes
		try_all "${words[@]}"
		[ -z "${UPDATE-}" ] || echo "${arguments% } | $results" >>"$work/table"
		[ "$results" = "$(sed -E 's/ +/ /g; s/ $//' <<<"$wanted")" ]
		ok $? "kexec ${words[*]}" || { diag "wanted: $wanted"; diag "found:  $results"; show; }
	done
}

# situation WORD...: what status-table puts before a command.
situation() {
	local word ordinary=0 crash=0
	as=("${usual_as[@]}") errno=
	for word; do
		case $word in
		loaded) ordinary=1 ;;
		crash-loaded) crash=1 ;;
		*=*) errno+="$word " ;;
		esac
	done
	state "$ordinary" "$crash"
}

# check_statuses: every line of the table.
check_statuses() {
	local name before arguments theirs ours wanted words
	usual_as=("${as[@]}")
	: >"$work/not-a-kernel"
	while IFS='|' read -r name before arguments theirs ours; do
		[[ $name == [A-Za-z-]* ]] || continue
		read -ra words <<<"$before"
		situation "${words[@]}"
		arguments=${arguments//KERNEL/$kernel} arguments=${arguments//NOTHING/$work/nothing}
		arguments=${arguments//TEXT/$work/not-a-kernel}
		read -ra words <<<"$arguments"
		wanted=$(xargs <<<"$theirs")
		[ "$column" = theirs ] || wanted=$(xargs <<<"${ours%%#*}")
		kexec "${words[@]}"
		[ "$status" = "$wanted" ]
		ok $? "status: $name" || { diag "wanted: $wanted"; show; }
	done <"$status_table"
	as=("${usual_as[@]}") errno=
}
