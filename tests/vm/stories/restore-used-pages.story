# A trusts its free pages to be zero: those that were not saved have to be filled again.
title: kdump leaves out what is free, no more than makedumpfile does; krestore fills it with zeros
memory: 1024
ram: junk
disk: 600M
boots: A C
timeout: 300
programs: kexec kdump krestore kjump_back_param
tools-B: yes
files-A: tests/vm/programs/bin/new_memory:/sbin/new_memory
append-A: init_on_free=1 page_poison=0
checks: 13

[A]
# kdump and makedumpfile have to see all of A's kernel.
keep_out 0x1000000 0x10ffffff
start_counter
fill_blob 40
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x10ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
# Most of what is free: with init_on_free=1 a program gets it as it is.
ok "new memory is zero" new_memory $(($(ram_kib) * 6 / 10 / 1024))
note "$(cat "$output")"
ok "the kernel has found nothing wrong" sh -c '! dmesg | grep -iE "bug:|corrupt|bad page|warning:"'

[B]
# "start end" of every PT_LOAD in decimal, without the second view of the kernel's text.
loads() {
	readelf -lW "$1" 2>/dev/null | while read -r type _ virtual physical size _; do
		case $type,$virtual in
		LOAD,0xffffffff[89ab]???????) ;;
		LOAD,*) echo "$((physical)) $((physical + size))" ;;
		esac
	done | sort -n
}

pages() { awk '{ sum += ($2 - $1) / 4096 } END { print sum }' "$1"; }

# Is every span of the first list inside one of the second?
covered() {
	awk 'NR == FNR { start[NR] = $1; end[NR] = $2; count = NR; next }
	$1 < $2 { found = 0; for (i = 1; i <= count; i++) if (start[i] <= $1 && $2 <= end[i]) found = 1
	  if (!found) { print "not saved:", $0; missing = 1 } } END { exit missing }' "$2" "$1"
}

ok "kdump writes the pages in use to the disk" kdump --exclude=free /dev/vda
dd if=/dev/vda of=/tmp/head bs=1M count=2 2>/dev/null
loads /tmp/head >/tmp/ours
ok "makedumpfile leaves out free pages, too" makedumpfile -E -d 16 /proc/vmcore /tmp/theirs.elf
loads /tmp/theirs.elf >/tmp/theirs
note "kdump: $(pages /tmp/ours) pages in $(wc -l </tmp/ours) pieces," \
	"makedumpfile: $(pages /tmp/theirs) in $(wc -l </tmp/theirs)"
ok "kdump saves at most 1.05 times as many" test $(($(pages /tmp/ours) * 100)) -le $(($(pages /tmp/theirs) * 105))
ok "it saves every page that makedumpfile keeps" covered /tmp/theirs /tmp/ours
ok "the snapshot tells its entry" sh -c "kjump_back_param /dev/vda | grep -q $(cmdline_value kexec_jump_back_entry)"
power_off

[C]
ok "krestore finds nothing wrong" krestore --check /dev/vda
note "$(cat "$output")"
ok "the snapshot says where C has to run" sh -c "kjump_back_param --shell /dev/vda | grep -q 'memmap=262144K@16384K'"
krestore /dev/vda
ok "krestore does not come back" false
