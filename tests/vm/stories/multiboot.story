# The image prints what it was told and resets the machine; A prints before what it knows itself, in the same
# words. A starts the image by version 1 of the protocol, C by version 2.
title: a multiboot image is started by both versions, and what it is told of the machine agrees
memory: 512
boots: A C
files-A: tests/vm/programs/bin/multiboot_report:/boot/multiboot_report
files-C: tests/vm/programs/bin/multiboot_report:/boot/multiboot_report
checks: 16

[common]
type_number() {
	case $1 in
	"System RAM") echo 0x1 ;;
	Reserved) echo 0x2 ;;
	"ACPI Tables") echo 0x3 ;;
	"ACPI Non-volatile Storage") echo 0x4 ;;
	*) echo "$1" ;;
	esac
}

show_machine() {
	for entry in /sys/firmware/memmap/*; do
		note "machine $(cat "$entry/start") $(cat "$entry/end") $(type_number "$(cat "$entry/type")")"
	done
	note "file $(stat -c %s first) 0x$(crc32 first | cut -c1-8) first"
	note "file $(stat -c %s second) 0x$(crc32 second | cut -c1-8) second"
}

# start_image TYPE LAST-WORD
start_image() {
	echo "a module of one line" >first
	dd if=/dev/urandom of=second bs=1000 count=100 2>/dev/null
	show_machine
	gzip -c second >second.gz
	ok "the image is loaded as $1" kexec -l --type="$1" multiboot_report --reuse-cmdline \
		--command-line="word last=$2" --module="first with its arguments" --module=second.gz
	is "it is loaded" "$(loaded)" 1
	kexec -e
}

[A]
start_image multiboot-x86 "off A"

[C]
start_image multiboot2-x86 "end C"

[host]
# lines_of ROLE WHO: sorted, as both print them.
lines_of() {
	tr -d '\r' <"$serial.$1" | sed -n "s/.*KJ # $2 //p" | sort
}

told_as_machine() {
	diff <(lines_of "$1" machine) <(lines_of "$1" told) && [ "$(lines_of "$1" told | wc -l)" -ge 6 ]
}

# What is left of a module's line without its arguments: size, checksum, name.
has_modules() {
	local size sum name
	[ "$(lines_of "$1" module | wc -l)" -eq 2 ] || return
	lines_of "$1" file | while read -r size sum name; do
		lines_of "$1" module | grep -E "^$(printf '0x%x' "$size") 0x0*$(printf '%x' "$sum") $name" || exit
	done
}

for role in A C; do
	version=1
	[ "$role" = A ] || version=2
	ok "version $version has started it" grep -q "KJ # version $version" "$serial.$role"
	ok "version $version: the memory map is that of the firmware, types included" told_as_machine "$role"
	ok "version $version: both modules are there whole, the packed one unpacked" has_modules "$role"
	ok "version $version: the first module's arguments" grep -q "KJ # module .* first with its arguments" "$serial.$role"
	ok "version $version: the command line begins with the file's name, then this kernel's, then the new words" \
		grep -q "KJ # cmdline multiboot_report .*console=ttyS0 .*word last=" "$serial.$role"
	ok "version $version: the size of lower and upper memory" grep -q "KJ # kib 0x27f 0x7fb80" "$serial.$role"
done
