# No parameter of A or of the crash kernel may stand behind "--".
# The crash kernel runs on one CPU, as crash kernels do: the other one may have crashed.
title: a crash kernel, loaded by kexec_load, starts when A panics; makedumpfile and vmcore-dmesg read A's log
memory: 768
cpus: 2
append-A: crashkernel=160M -- x
tools-B: yes
programs: kexec vmcore-dmesg
timeout: 240
checks: 22

[A]
# The bounds of what is reserved.
region=$(sed -n 's/ *\([0-9a-f]*\)-\([0-9a-f]*\) : Crash kernel$/0x\1 0x\2/p' /proc/iomem)
first=$((${region% *})) last=$((${region#* }))

load_it() {
	kexec -p -c /boot/bzImage --initrd=/boot/rootfs.gz --reuse-cmdline --console-serial \
		--append="kj.role=B nr_cpus=1 kj.ram=$(ram_kib) kj.first=$first kj.last=$last"
}

is "--print-ckr-size prints what is reserved" "$(kexec --print-ckr-size)" $((last - first + 1))
kexec -S
is "kexec -S: no crash kernel is loaded" $? 0
ok "it is loaded" load_it
kexec -S
is "kexec -S: one is" $? 1
is "nothing is loaded for kexec -e" "$(loaded)" 0
ok "it is unloaded" kexec -p -u
kexec -S
is "kexec -S: no crash kernel is loaded any more" $? 0
truncate -s 160M /tmp/large
refused "an initrd too large for what is reserved" "crash kernel's region .* is too small: no room for the initrd; needed are" \
	kexec -p -c /boot/bzImage --initrd=/tmp/large
rm /tmp/large
ok "it is loaded again" load_it
echo "<4>A says this before its end" >/dev/kmsg
echo c >/proc/sysrq-trigger

[B]
panic="Kernel panic - not syncing: sysrq triggered crash"
first=$(cmdline_value kj.first) last=$(cmdline_value kj.last)

# "start end" of every PT_LOAD in decimal, without the second view of the kernel's text.
loads() {
	readelf -lW /proc/vmcore | while read -r type _ virtual physical size _; do
		case $type,$virtual in
		LOAD,0xffffffff[89a-f]?????[0-9a-f]*) ;;
		LOAD,*) echo "$((physical)) $((physical + size))" ;;
		esac
	done
}

has() { grep -qF -- "$2" "$1"; }

ok "the crash kernel has the old command line without crashkernel=" \
	sh -c 'grep -q console=ttyS0 /proc/cmdline && ! grep -q crashkernel= /proc/cmdline'
ok "what is reserved is its memory" test "$(ram_kib)" -le $(((last - first + 1) / 1024 + 640)) \
	-a "$(ram_kib)" -ge $(((last - first + 1) / 1024))
ok "readelf finds nothing strange" sh -c '! readelf -a /proc/vmcore 2>&1 >/dev/null | grep .'
loads >/tmp/loads
ok "the rest of A's memory is in /proc/vmcore" \
	awk -v ram="$(cmdline_value kj.ram)" -v first="$first" -v last="$last" '
	{ sum += ($2 - $1) / 1024; if ($1 <= last && $2 > first || $1 < 640 * 1024) bad = 1 }
	END { missing = ram - sum - (last - first + 1) / 1024; print missing, bad; exit bad || missing < 560 || missing > 656 }' \
	/tmp/loads
is "with the registers of both CPUs" "$(readelf -nW /proc/vmcore | grep -c NT_PRSTATUS)" 2
ok "vmcore-dmesg reads the log" sh -c 'vmcore-dmesg /proc/vmcore >/tmp/log'
ok "from the first line" sh -c 'head -n 1 /tmp/log | grep -q "^\[    0.000000\] Linux version"'
ok "over what A said" has /tmp/log "] A says this before its end"
ok "to the panic" has /tmp/log "$panic"
ok "makedumpfile reads the log" makedumpfile --dump-dmesg /proc/vmcore /tmp/their-log
# Of a message of several lines (i386 has one) makedumpfile prints the time once.
for log in log their-log; do
	sed 's/^\[[^]]*\] *//; s/^ *//' /tmp/$log >/tmp/$log.text
done
ok "which is the same" cmp /tmp/log.text /tmp/their-log.text
ok "makedumpfile saves the memory in use" makedumpfile -E -d 31 /proc/vmcore /tmp/core
ok "vmcore-dmesg reads the log out of that, too" sh -c 'vmcore-dmesg /tmp/core | cmp - /tmp/log'
note "$(wc -l </tmp/log) lines of log; $(du -k /tmp/core | cut -f1) KiB saved"
say "end B"
poweroff -f
