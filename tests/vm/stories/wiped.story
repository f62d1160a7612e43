# C1 and C2 copy the snapshot that waits, and cancel the copy: /dev/vdb, plain, and /dev/vdd, encrypted. The one on /dev/vda
# is resumed; /dev/vdc has what is left of the plain one then. /dev/vde has the keys, from 1 MiB on the beginning of the
# plain snapshot, and from 3 MiB on the superblock of the encrypted one; /dev/vdf has the saver that slept.
title: wipe=yes: notes, index and key of a snapshot are not on the disk after its use, nor after cancel; a saver that sleeps has no key
memory: 384
disk: 200M 120M 120M 120M 8M 250M
boots: A C1 C2
timeout: 200
programs: kexec kdump krestore khibernate
initramfs-B: project
checks: 23

[common]
# cancel_copy DISK: of the snapshot on /dev/vda. It lies where no copy is looked for later, which would count as resumed.
cancel_copy() {
	losetup -o 1048576 /dev/loop0 "$1"
	dd if=/dev/vda of=/dev/loop0 bs=1M count=110 2>/dev/null
	is "it is copied to $1" "$(khibernate status --device=/dev/loop0 | grep -c 'state *committed')" 1
	ok "the copy is cancelled" khibernate cancel --device=/dev/loop0 --wipe=yes
	is "it is empty" "$(khibernate status --device=/dev/loop0 | grep -c 'state *empty')" 1
	losetup -d /dev/loop0
	sync
}

[A]
set_up() {
	khibernate setup --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --wipe=yes --prepare=/tmp/saver "$@"
}
hibernate() {
	ok "$1: A is resumed" khibernate hibernate
	cp "$output" /tmp/said
	note "$(tail -n 1 /tmp/said)"
	is "$1: the snapshot is gone" "$(khibernate status | grep -c 'state *empty')" 1
}
ok "setup" set_up
ok "a saver goes to sleep" khibernate prepare
hibernate plain
is "plain: the saver was woken" "$(grep -c 'booted, not woken' /tmp/said)" 0
dd if=/dev/vda of=/dev/vdc bs=1M count=120 2>/dev/null
mkdir -p -m 700 /etc/khibernate
echo 'correct horse battery' >/etc/khibernate/pass
ok "setup, encrypted" set_up --encrypt=yes --passphrase-file=/etc/khibernate/pass
khibernate unseal --passphrase-file=/etc/khibernate/pass >/etc/khibernate/open.key
(cd /etc/khibernate && tar -cf - saving.key open.key) | dd of=/dev/vde conv=notrunc 2>/dev/null
refused "a saver that would sleep is not started then" 'encrypt=yes' khibernate prepare
hibernate encrypted
is "encrypted: the saver was booted" "$(grep -c 'the saver is booted, not woken: .*no key' /tmp/said)" 1
dd if=/tmp/saver of=/dev/vdf bs=1M 2>/dev/null
sync

[C1]
cancel_copy /dev/vdb
dd if=/dev/vda of=/dev/vde bs=64k count=32 seek=16 2>/dev/null
sync
khibernate resume --boot --device=/dev/vda
say "not ok - it is not resumed"

[C2]
mkdir -p /etc/khibernate
tar -xf /dev/vde -C /etc/khibernate
cancel_copy /dev/vdd
dd if=/dev/vda of=/dev/vde bs=4k count=1 seek=768 2>/dev/null
sync
khibernate resume --boot --device=/dev/vda --key-file=/etc/khibernate/open.key
say "not ok - it is not resumed"

[host]
# finds BYTES OFFSET FILE...: whether that many bytes at this offset of /dev/vde are anywhere in a file.
finds() {
	perl -e '
		my ($size, $offset, @files) = @ARGV;
		sub content { open(my $file, "<:raw", $_[0]) or die "$_[0]: $!\n"; local $/; return <$file>; }
		my $wanted = substr(content(shift @files), $offset, $size);
		$wanted =~ /[^\0]/ or die "nothing is to be found\n";
		exit(grep(index(content($_), $wanted) >= 0, @files) ? 0 : 1);' "$1" "$2" "${disk}2222" "${@:3}"
}
# The offset of the first index block, which has the snapshot's random number in it: A's memory has the name alone.
index() {
	perl -e '
		open(my $file, "<:raw", $ARGV[0]) or die; local $/; my $all = <$file>;
		for (my $at = (1 << 20) + 8192; $at < 3 << 20; $at += 4096) {
			print($at), exit(0) if substr($all, $at, 8) eq "KHGROUP\0";
		}
		die "no index\n";' "${disk}2222"
}
# include/khimage_format.h: sealed_key. include/khkey_format.h: authentication, in the first file of an archive.
key=$(((3 << 20) + 272))
notes=$(((1 << 20) + 8192))
ok "the plain snapshot had an index there" index
ok "not after its use, not after cancel" eval "! finds 64 $(index) '${disk}2' '${disk}22'"
ok "nor its notes" eval "! finds 512 $notes '${disk}2' '${disk}22'"
ok "the encrypted one had its key there" finds 80 $key "${disk}2222"
ok "not after its use, not after cancel" eval "! finds 80 $key '$disk' '${disk}222'"
ok "the saver that slept" grep -qa 'Linux version' "${disk}22222"
ok "never had the key for saving" eval "! finds 32 552 '${disk}22222'"
