title: khibernate in the swap area in use, with programs' memory in it: it is swap again, the same, after resume, noresume and cancel
memory: 512
disk: 600M
boots: A C1 C2
timeout: 200
programs: kexec kdump khibernate
initramfs-B: project
append-C: khdev=UUID=00112233-4455-6677-8899-aabbccddeeff@0
append-C2: khdev=UUID=00112233-4455-6677-8899-aabbccddeeff@0 noresume
checks: 24

[common]
head() {
	dd if=/dev/vda bs=4096 count=1 iflag=direct 2>/dev/null | sha256sum
}
swap_is_on() {
	grep -q "^/dev/vda " /proc/swaps
}
swapped() {
	awk '$1 == "/dev/vda" { print $4 }' /proc/swaps
}

[A]
mkswap /dev/vda >/dev/null
printf '\000\021\042\063\104\125\146\167\210\231\252\273\314\335\356\377' |
	dd of=/dev/vda bs=1 seek=1036 conv=notrunc 2>/dev/null
sync
before=$(head)
ok "swap is on" swapon /dev/vda
ok "setup without a device takes the swap area" khibernate setup --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
is "it is known by its UUID" "$(grep ^device= /etc/khibernate.conf)" "device=UUID=00112233-4455-6677-8899-aabbccddeeff@0"
is "setup has changed nothing in it" "$(head)" "$before"
mkdir /tmp/big
mount -t tmpfs -o size=100% none /tmp/big
dd if=/dev/urandom of=/tmp/big/kept bs=1M count=150 2>/dev/null
sum=$(sha256sum /tmp/big/kept)
dd if=/dev/zero of=/tmp/big/rest bs=1M count=330 2>/dev/null
ok "memory is swapped out" test "$(swapped)" -gt 10000
note "$(swapped) KiB are swapped out, $(grep MemAvailable /proc/meminfo)"
refused "memory has no room for what is swapped" "are swapped to /dev/vda, and memory has room for .*: it cannot be swapped off" \
	khibernate hibernate
ok "swap is as it was" swap_is_on
rm /tmp/big/rest
ok "memory is swapped out still" test "$(swapped)" -gt 1000
note "$(swapped) KiB are swapped out, $(grep MemAvailable /proc/meminfo)"
start_counter
begun=$(counter)
ok "khibernate exits 0 when it has been resumed" khibernate hibernate --power=reboot
cp "$output" /tmp/said
ok "it tells what it does" grep -q "swap: .*vda is on again" /tmp/said
note "$(grep resumed /tmp/said)"
ok "the counter did not start again" test "$(counter)" -ge "$begun"
ok "the counter continues" counter_advances
ok "swap is on again" swap_is_on
is "its header is the same" "$(head)" "$before"
is "what was swapped out is there" "$(sha256sum /tmp/big/kept)" "$sum"
echo "$before" >/tmp/before
say "off A"
khibernate hibernate --power=reboot
say "not ok - A is back, though C2 gives its snapshot up"

[C1]
khibernate resume --boot --kernel=/boot/bzImage --initrd=/boot/rootfs.gz
say "not ok - it is not resumed"

[C2]
refused "while it holds a snapshot, it cannot be swapped on" "" swapon /dev/vda
dd if=/dev/vda of=/tmp/head bs=1M count=4 2>/dev/null
ok "with noresume the snapshot is given up" khibernate resume --boot
ok "and it is a swap area" swapon /dev/vda
swapoff /dev/vda
is "with its UUID" "$(khibernate device UUID=00112233-4455-6677-8899-aabbccddeeff)" /dev/vda
before=$(head)
dd if=/tmp/head of=/dev/vda bs=1M conv=notrunc 2>/dev/null
sync
ok "the snapshot is cancelled" khibernate cancel --device=UUID=00112233-4455-6677-8899-aabbccddeeff@0
ok "swap is on" swap_is_on
swapoff /dev/vda
is "and the same" "$(head)" "$before"
ok "a boot that finds a swap area continues" khibernate resume --boot
is "which is that of the beginning" "$(dd if=/dev/vda bs=1 skip=1036 count=16 2>/dev/null | od -An -tx1 | tr -d ' ')" \
	00112233445566778899aabbccddeeff
