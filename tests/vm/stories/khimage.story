# A is saved three times, with each compression, and comes back three times.
title: khimages of each compression are restored once each, and A continues
ram: junk
memory: 512
cpus: 2
disk: 600M
boots: A C C C
timeout: 300
programs: kexec kdump krestore kjump_back_param vmcore-dmesg
tools-A: yes
checks: 43

[A]
# kdump has to see all of A's kernel to know what is free.
keep_out 0x1000000 0x8ffffff
ok "the disk is made a khimage" kdump --init /dev/vda
start_counter
fill_blob 60
fill_words 40
for method in lz4 zstd auto; do
	ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x8ffffff \
		--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend kj.method=$method"
	before=$(counter)
	ok "$method: kexec -e exits 0 in A when it has been restored" kexec -e
	ok "$method: the counter did not start again" test "$(counter)" -ge "$before"
	ok "$method: the counter continues" counter_advances
	ok "$method: 60 MB of random data have the same checksum" check_blob
	ok "$method: 40 MB of pages that repeat a word do, too" check_words
	refused "$method: a second restore" 'guard "state".*restored already' krestore --force --check /dev/vda
	kexec -u
done
eval "$(kjump_back_param --shell /dev/vda)"
is "the snapshot is used" "$KJUMP_STATE" used
is "it is the third on this disk" "$KJUMP_GENERATION" 3
ok "the used snapshot is exported" krestore --export=/tmp/export /dev/vda
ok "readelf finds nothing strange in it" sh -c '! readelf -a /tmp/export 2>&1 >/dev/null | grep .'
# It maps the file, if it is not told otherwise; and it can only read what is where the headers say.
ok "makedumpfile reads it" makedumpfile -c -d 31 /tmp/export /tmp/dump
rm -f /tmp/dump
is "mapped it is the same as read" "$(makedumpfile -E -F -d 0 /tmp/export 2>/dev/null | sha256sum)" \
	"$(makedumpfile --non-mmap -E -F -d 0 /tmp/export 2>/dev/null | sha256sum)"
ok "vmcore-dmesg reads this kernel's log in it" sh -c "vmcore-dmesg /tmp/export | grep -F \"$(uname -r)\""
note "$(head -n 1 "$output")"
rm /tmp/export
ok "the snapshot is discarded" kdump --discard /dev/vda
refused "a khimage without a snapshot" 'guard "state": there is no snapshot' krestore --check /dev/vda

[B]
method=$(cmdline_value kj.method)
ok "B saves A, $method" kdump --format=khimage --compress="$method" --exclude=free,zero /dev/vda
note "$(tail -n 1 "$output")"
eval "$(kjump_back_param --shell /dev/vda)"
is "the snapshot is committed" "$KJUMP_STATE" committed
ok "repeated words take no room: $KJUMP_SIZE of $KJUMP_DATA" test $((KJUMP_SIZE + 38 * 1048576)) -lt "$KJUMP_DATA"
is "the snapshot tells its entry" "$KJUMP_ENTRY" "$(cmdline_value kexec_jump_back_entry)"
power_off

[C]
note "$(krestore /dev/vda 2>&1)"
say "not ok - krestore does not come back"
