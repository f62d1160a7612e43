# The first boot makes the keys, so that A never knows the passphrase: what is left of it in A's memory was C's.
title: an encrypted snapshot: C asks for the passphrase on the console, A is back without it, the disk shows nothing
memory: 384
cpu.x86_64: max
disk: 300M 8M
boots: C1 A C2
timeout: 200
programs: kexec kdump krestore khibernate kjump_back_param
initramfs-B: project
files-A: tests/vm/programs/bin/search_memory:/sbin/search_memory
types-1: not this one
types-2: correct horse battery
checks: 21

[common]
# resume ANSWER...: khibernate finds configuration and key as in an initramfs.
resume() {
	mkdir -p /etc/khibernate
	tar -xf /dev/vdb -C /etc/khibernate
	echo 'encrypt=yes' >/etc/khibernate.conf
	answers "$@" &
	say "off C2"
	khibernate resume --boot --device=/dev/vda
	say "not ok - khibernate resume came back"
}
# When the console does not echo, what was typed before is gone already, and what comes is read.
answers() {
	local answer
	for answer; do
		until stty -a -F /dev/console | grep -q -- '-echo '; do usleep 50000; done
		say "type $answer"
		until stty -a -F /dev/console | grep -q -- ' echo '; do usleep 50000; done
	done
}

[C1]
echo 'pbeerpg ubefr onggrel' | tr 'a-z' 'n-za-m' >/tmp/pass
ok "keys are made" khibernate keys --passphrase-file=/tmp/pass
(cd /etc/khibernate && tar -cf /dev/vdb saving.key restoring.key)
sync
power_off

[A]
start_counter
fill_blob 40
yes "a marker that only A has in its memory" | head -c 2000000 >/tmp/marker
mkdir -p -m 700 /etc/khibernate
tar -xf /dev/vdb -C /etc/khibernate
# C has no file system to find it in; the secret key is not for it.
(cd /etc/khibernate && tar -cf /dev/vdb restoring.key) && sync
echo 'encrypt=yes' >/etc/khibernate.conf
ok "setup by the keys that are there" khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz \
	--compress=none
is "it is configured" "$(grep '^encrypt' /etc/khibernate.conf)" encrypt=yes
mv /etc/khibernate/restoring.key /tmp/
refused "without the key for restoring nothing is saved" 'restoring.key' khibernate hibernate
mv /tmp/restoring.key /etc/khibernate/
before=$(counter)
ok "khibernate exits 0 in A when it has been resumed" khibernate hibernate
note "$(grep resumed "$output")"
ok "the counter did not start again" test "$(counter)" -ge "$before"
ok "the counter continues" counter_advances
ok "40 MB of random data have the same checksum" check_blob
ok "the marker is there" test "$(grep -c 'only A' /tmp/marker)" -gt 50000
is "the snapshot is used" "$(khibernate status | grep -c 'state *used')" 1
found=$(search_memory c6cad7d7c0c6d185cdcad7d6c085c7c4d1d1c0d7dc)
note "passphrase: $found"
is "no memory has the passphrase that was typed in C" "${found%% *}" 0
# The key that the passphrase seals begins so.
pattern=
for byte in $( { printf 'KHKEYO1\000' && tail -c 64 /etc/khibernate/saving.key | head -c 8; } | od -An -tx1); do
	pattern=$pattern$(printf %02x $((0x$byte ^ 0xa5)))
done
is "nor the key that it seals" "$(search_memory "$pattern" | sed 's/ .*//')" 0
is "the search finds what is there" "$(search_memory cacbc9dc85e485cdc4d685cccb85ccd1d685c8c0c8cad7dc | sed 's/^0 .*/nothing/;s/^[1-9].*/something/')" something

[C2]
ok "the snapshot waits, encrypted" sh -c 'khibernate status --device=/dev/vda | grep -q "^encrypted *by [AC]"'
printf 'KHKEYO1\000' >/tmp/other.key
head -c 96 /dev/urandom >>/tmp/other.key
refused "another key" 'guard "key": .*encrypted for another key' krestore --key-file=/tmp/other.key /dev/vda
refused "no key" 'guard "key": .*is encrypted' krestore /dev/vda
is "it waits still" "$(kjump_back_param --shell /dev/vda | grep STATE)" "KJUMP_STATE='committed'"
resume 1 2

[host]
ok "a wrong passphrase was asked again" grep -qa 'khibernate: the passphrase is wrong' "$serial.C2"
ok "the snapshot is on the disk" grep -qa KHIMAGE "$disk"
ok "and nothing of A's memory in clear" sh -c "! grep -qa 'only A' $disk"
ok "nor any of its notes" sh -c "! grep -qa -e VMCOREINFO -e KJUMP -e KHGROUP -e OSRELEASE $disk"
