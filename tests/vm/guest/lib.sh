# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a story's scripts can use inside the machine (busybox sh).
#
# Every result is a kernel message, which reaches the serial console at once and
# in one piece: what a program prints through the terminal may still be waiting
# in a buffer when the kernel jumps.

# say TEXT...: a line for the host. The level is one that "quiet" lets through.
say() {
	echo "<1>KJ $*" >/dev/kmsg
}

# note TEXT...: shown to the reader, no result.
note() {
	say "# $*"
}

# Where the last command's output went.
output=/tmp/output

show_output() {
	# Long lines are cut: a kernel message is at most about 1000 bytes.
	tail -n 40 "$output" | cut -c1-400 | while read -r line; do
		note "  $line"
	done
}

# ok TEXT COMMAND...: one check; the command's output is shown when it fails.
ok() {
	local text=$1 status=0
	shift
	"$@" >"$output" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		say "ok - $text"
	else
		say "not ok - $text"
		note "  status $status of: $*"
		show_output
	fi
}

# is TEXT FOUND WANTED: one check that two texts are the same.
is() {
	if [ "$2" = "$3" ]; then
		say "ok - $1"
	else
		say "not ok - $1"
		note "  found  '$2'"
		note "  wanted '$3'"
	fi
}

# refused TEXT PATTERN COMMAND...: the command fails, by an exit status and not by
# a signal, says so in one line that matches the extended regular expression, and
# leaves what is loaded as it was.
refused() {
	local text=$1 pattern=$2 status=0 before
	shift 2
	before=$(loaded)
	"$@" >"$output" 2>&1 || status=$?
	if [ "$status" -gt 0 ] && [ "$status" -lt 126 ] && [ "$(wc -l <"$output")" = 1 ] &&
		grep -qE -- "$pattern" "$output" && [ "$(loaded)" = "$before" ]; then
		say "ok - $text"
		return
	fi
	say "not ok - $text"
	note "  status $status, loaded: $(loaded), wanted one line with '$pattern', of: $*"
	show_output
}

# within_16_mib COMMAND...: runs it with no more memory of its own. A thread gets a stack as large as the limit for it.
within_16_mib() {
	(ulimit -s 256 && ulimit -d 16384 && exec "$@")
}

# Whether a kexec image is loaded: 1 or 0. The file is moving to kexec/loaded.
loaded() {
	cat /sys/kernel/kexec_loaded 2>/dev/null || cat /sys/kernel/kexec/loaded
}

# A process that goes on counting, which the jump must not disturb.
start_counter() {
	(
		count=0
		while :; do
			count=$((count + 1))
			echo "$count" >/run/counter.new
			mv /run/counter.new /run/counter
			usleep 100000
		done
	) &
	counter_process=$!
	until [ -e /run/counter ]; do usleep 20000; done
}

counter() {
	cat /run/counter
}

# The very process that was started is alive and its count grows.
counter_advances() {
	local before tries=0
	before=$(counter)
	kill -0 "$counter_process" || return 1
	while [ "$tries" -lt 100 ]; do
		[ "$(counter)" -gt "$before" ] && return 0
		usleep 50000
		tries=$((tries + 1))
	done
	echo "the counter stays at $before"
	return 1
}

# fill_words MIB: pages of one repeated word of 8 bytes in this kernel's memory.
fill_words() {
	words_bytes=$(($1 * 1048576))
	yes jumping | head -c "$words_bytes" >/tmp/words
}

check_words() {
	[ "$(wc -c </tmp/words)" -eq "$words_bytes" ] || return
	yes jumping | head -c "$words_bytes" | cmp -s - /tmp/words
}

# fill_blob MIB: random data in this kernel's memory.
fill_blob() {
	dd if=/dev/urandom of=/tmp/blob bs=1M count="$1" 2>/dev/null
	sha256sum /tmp/blob >/tmp/blob.sum
}

check_blob() {
	# Nothing may be read from a cache that the checksum made.
	sha256sum -c /tmp/blob.sum
}

# The value of a word NAME=value of this kernel's command line.
cmdline_value() {
	local word
	# shellcheck disable=SC2013 # words are what is wanted
	for word in $(cat /proc/cmdline); do
		case $word in
		"$1="*) echo "${word#*=}" ;;
		esac
	done
}

# What /proc/iomem calls System RAM, in KiB.
ram_kib() {
	local sum=0 range start end
	while read -r range _ name; do
		[ "$name" = "System RAM" ] || continue
		start=${range%-*} end=${range#*-}
		sum=$((sum + (0x$end - 0x$start + 1) / 1024))
	done </proc/iomem
	echo "$sum"
}

# power_off TEXT: ends this machine on purpose; the story goes on with its next
# boot (or with [host]).
power_off() {
	say "off $ROLE $*"
	sync
	poweroff -f
}

# keep_out FIRST LAST: where the kernel lies is drawn by lot (KASLR). If that is in
# this range, the host starts the machine again, before the script has made a check.
keep_out() {
	local range start end rest
	while read -r range rest; do
		case $rest in
		": Kernel "*) ;;
		*) continue ;;
		esac
		start=$((0x${range%-*})) end=$((0x${range#*-}))
		if [ "$start" -le $(($2)) ] && [ "$end" -ge $(($1)) ]; then
			say "again $ROLE: its kernel is at $range"
			poweroff -f
		fi
	done </proc/iomem
}

# The end of a script. B's never comes: it jumps back, or ends by power_off.
finish() {
	if [ "$ROLE" = B ]; then
		say "broken B: its script came to its end without jumping back"
	else
		say "end $ROLE"
	fi
}
