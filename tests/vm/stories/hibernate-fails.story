title: B cannot save A, as the disk fails or is too small: A is back at once, and khibernate says why; a disk cannot be read
memory: 256
cpus: 2
cpu: core2duo
cpu.i386: n270
disk: 200M 16M 8M
disk-error: 40M - 0:read
timeout: 200
programs: kexec kdump khibernate
initramfs-B: project
checks: 15

[A]
# told TEXT PATTERN COMMAND...: fails, and the one line of error says so.
told() {
	local text=$1 pattern=$2 status=0
	shift 2
	"$@" 2>/tmp/reason || status=$?
	is "$text: exit status" "$status" 1
	ok "$text: the reason is said" grep -E "^khibernate: $pattern" /tmp/reason
	note "$(cat /tmp/reason)"
}
start_counter
fill_blob 64
for disk in vda vdb; do
	ok "$disk: setup" khibernate setup --device=/dev/$disk --kernel=/boot/bzImage --initrd=/boot/rootfs.gz \
		--append=console=ttyS0
done
told "a write error" "not hibernated: .*[Ii]nput/output error" khibernate hibernate --device=/dev/vda
ok "nothing is left loaded" test "$(loaded)" = 0
ok "the counter continues" counter_advances
ok "64 MB of random data have the same checksum" check_blob
is "there is no snapshot to be resumed" "$(khibernate status --device=/dev/vda | grep -c committed)" 0

told "a disk that is too small" "not hibernated: .*vdb is full" khibernate hibernate --device=/dev/vdb
is "there is no snapshot to be resumed, either" "$(khibernate status --device=/dev/vdb | grep -c committed)" 0
told "a disk that is not there" "cannot find /dev/none: No such file" khibernate hibernate --device=/dev/none
ok "the counter still continues" counter_advances

[host]
# What A does not use is no concern of B's: it is not even read.
quiet_about() { ! grep -qa "kdump: cannot read $1" "$serial.A"; }
ok "B says nothing of a disk that cannot be read and that A does not use" quiet_about /dev/vdc
