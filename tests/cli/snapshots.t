#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Snapshots of a made-up kernel: saved in each form, put into a file that stands for memory, damaged, refused.
# Nothing jumps: krestore --memory=FILE never does.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

restores() { # restores NAME SNAPSHOT: and the memory is what the core shows
	fresh_memory
	works "$1: krestore finds nothing wrong" "$sbin/krestore" --check --memory=memory "$2"
	fresh_memory
	works "$1: krestore writes it" "$sbin/krestore" --memory=memory "$2"
	[[ $errors == *"checked and wrote "[78]".0 MiB in "*" s, "*"/s"* ]]
	ok $? "$1: krestore says how long it took" || diag "$errors"
	cmp -s memory wanted
	ok $? "$1: memory is as it was saved"
}

poke() { # poke FILE OFFSET: turns the lowest bit of a byte round
	local byte
	byte=$(od -An -tu1 -j "$2" -N1 "$1")
	# shellcheck disable=SC2059 # the format is the data
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# 8 MiB in 100 runs from 16 MiB on; the copy by cp is what all others are compared with.
"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
fresh_memory
works "a core is restored" "$sbin/krestore" --memory=memory core
! "$sbin/krestore" --method=place --memory=memory core 2>refusal && grep -q 'takes --method=window' refusal
ok $? "a file in place of memory is written to, not placed"
! "$sbin/krestore" --method=through core 2>refusal && grep -q 'neither auto nor place nor window' refusal
ok $? "there are three methods"
mv memory wanted
[ "$(od -An -tu8 -j $((16 * 1024 * 1024)) -N8 wanted | tr -d ' ')" = 0 ] &&
	[ "$(od -An -tu8 -j $((16 * 1024 * 1024 + 4096)) -N8 wanted | tr -d ' ')" = 1 ]
ok $? "the first pages are where they belong"

# Debuggers go by a note's type, not by its name.
"$sbin/kdump" --exclude=zero --from=core snapshot 2>/dev/null
notes=$(readelf -nW snapshot)
[[ $notes == *KJUMP* ]] && [[ $notes != *NT_* ]]
ok $? "no note is taken for a process's registers" || diag "$notes"

# makedumpfile maps what is said to begin on a page of the file, held or not (core_layout.c).
nothing_is_nowhere() { # nothing_is_nowhere CORE
	local type offset held zeros=0 size
	size=$(stat -c %s "$1")
	while read -r type offset _ _ held _; do
		[ "$type" = LOAD ] && ((held == 0)) || continue
		zeros=$((zeros + 1))
		((offset > size && offset % 4096)) || return
	done < <(readelf -lW "$1")
	[ "$zeros" -gt 0 ]
}
rm snapshot
"$sbin/kdump" --format=khimage --exclude=zero --from=core snapshot 2>/dev/null
"$sbin/krestore" --export=exported snapshot
nothing_is_nowhere exported
ok $? "what an export does not hold begins behind its end, and on no page"

for options in "" "--exclude=zero" "--format=khimage" "--format=khimage --exclude=zero" \
	"--format=khimage --compress=auto --exclude=zero" "--format=khimage --compress=lz4 --exclude=zero" \
	"--format=khimage --compress=zstd --exclude=zero"; do
	if [[ $options == *compress* ]] && "$sbin/kdump" $options --from=core snapshot 2>&1 | grep -q 'knows no'; then
		continue
	fi
	rm -f snapshot
	# shellcheck disable=SC2086 # words
	works "kdump $options" "$sbin/kdump" $options --from=core snapshot
	restores "kdump $options" snapshot
done
is_smaller() { [ "$(stat -c %s snapshot)" -lt "$(stat -c %s core)" ]; }
is_smaller
ok $? "what is packed is smaller"

# A snapshot is restored once.
[ "$(shell_value KJUMP_STATE snapshot)" = used ] && [ "$(shell_value KJUMP_FORMAT snapshot)" = khimage ]
ok $? "a restored khimage is used"
refused "it is refused the second time" 'guard "state": .*restored already' "$sbin/krestore" --memory=memory snapshot
refused "with --force, too" 'guard "state": .*restored already' "$sbin/krestore" --force --memory=memory snapshot
works "a used snapshot can be exported" "$sbin/krestore" --export=exported snapshot
fresh_memory
works "the exported core is restored" "$sbin/krestore" --memory=memory exported
cmp -s memory wanted
ok $? "it is the same memory"
works "a snapshot is discarded" "$sbin/kdump" --discard snapshot
[ "$(shell_value KJUMP_STATE snapshot)" = empty ]
ok $? "it is empty then"
refused "an empty khimage" 'guard "state": there is no snapshot' "$sbin/krestore" --memory=memory snapshot
refused "it cannot be exported" 'there is no snapshot' "$sbin/krestore" --export=exported snapshot
works "a snapshot is written to it" "$sbin/kdump" --format=khimage --from=core snapshot
[ "$(shell_value KJUMP_GENERATION snapshot)" = 2 ]
ok $? "it is the second on this partition"
refused "--init does not destroy it" 'not restored yet' "$sbin/kdump" --init snapshot
works "--init --overwrite does" "$sbin/kdump" --init --overwrite snapshot
[ "$(shell_value KJUMP_STATE snapshot) $(shell_value KJUMP_GENERATION snapshot)" = 'empty 2' ]
ok $? "and generations go on counting from there"

# Damage. The snapshot once more, of which copies are spoiled.
"$sbin/kdump" --format=khimage --from=core whole 2>/dev/null
groups=$((8192 + 4096))
damaged() { # damaged NAME PATTERN OFFSET...: krestore refuses, by --check and before it writes
	local offset
	cp whole snapshot
	for offset in "${@:3}"; do poke snapshot "$offset"; done
	fresh_memory
	refused "$1: --check" "$2" "$sbin/krestore" --check --memory=memory snapshot
	refused "$1" "$2" "$sbin/krestore" --memory=memory snapshot
	cmp -s memory <(head -c 32M /dev/zero)
	ok $? "$1: nothing is written to memory"
	[ "$(shell_value KJUMP_STATE snapshot)" != used ]
	ok $? "$1: the snapshot is not marked as used"
}
damaged "a bit in both superblocks" 'guard "image": .*superblock is damaged' 100 $((4096 + 100))
damaged "a bit in the notes" 'guard "image": .*notes are damaged' 8200
damaged "a bit in an index block" 'guard "index": .*index block 1 of 1: it is damaged' $((groups + 1000))
damaged "a bit in the data" 'guard "content": .*a chunk is damaged: its checksum' $((groups + 65536 + 300000))
cp whole snapshot
poke snapshot 100
restores "a bit in one superblock" snapshot
for size in 100 5000 9000 50000 100000 6000000; do
	head -c "$size" whole >snapshot
	refused "cut off after $size bytes" "ends before|cut off|superblock" "$sbin/krestore" --memory=memory snapshot
done
head -c 5000000 core >"cut"
refused "an ELF core that is cut off" "cut off" "$sbin/krestore" --memory=memory cut
head -c 100000 /dev/zero >nothing
refused "a file that is neither" "not an ELF file" "$sbin/kjump_back_param" nothing

# A kernel may call itself anything; a shell that evaluates it must do nothing else.
"$builddir/tests/tools/bin/mkcore" odd 10 1 && perl -pi -e "s/6\\.1\\.0-test/6';>xx;'\\\\\`/" odd
grep -aq "OSRELEASE=6';>xx;'" odd
ok $? "a release with odd characters"
eval "$("$sbin/kjump_back_param" --shell odd)"
# shellcheck disable=SC2154 # set by that
[ "$kernel" = "6___xx____" ] && [ ! -e xx ]
ok $? "is harmless to a shell" || diag "$kernel"

# What is no snapshot, and can be made one.
gzip -c core >packed
refused "a packed core" "not an ELF file; it is packed with gzip: unpack it first" "$sbin/krestore" --memory=memory packed
printf 'KDUMP   %4096s' '' >dump
refused "a compressed dump" "not an ELF file; it is a compressed dump.*makedumpfile -E" "$sbin/kjump_back_param" dump
printf 'makedumpfile%4096s' '' >flat
refused "a dump for a pipe" "not an ELF file; it is a dump for a pipe: makedumpfile -R" "$sbin/krestore" --export=exported flat
# Addresses in /proc/iomem are for root.
[ "$(id -u)" -ne 0 ] || refused "kexec takes no khimage" "It is a khimage: restore it with krestore" "$sbin/kexec" --dry-run -l whole
refused "a file for memory that is not there" "cannot open no-memory: No such file" "$sbin/krestore" --memory=no-memory core

# What kdump was interrupted in is no snapshot: here by a file that may not grow.
cp whole snapshot
(
	ulimit -f 4096
	trap '' XFSZ
	"$sbin/kdump" --format=khimage --from=core snapshot
) >output 2>errors
[ "$(shell_value KJUMP_STATE snapshot)" = writing ]
ok $? "after a write error the superblock says that the snapshot was not written to its end"
refused "it is refused" 'guard "state": .*not written to its end' "$sbin/krestore" --memory=memory snapshot

# Memory itself, by ELF headers in it: the core's, with physical addresses as their offsets.
put_headers() { # put_headers CORE MEMORY ADDRESS
	perl -e 'my ($core, $memory, $at) = ($ARGV[0], $ARGV[1], hex $ARGV[2]);
		open(my $in, "<", $core) or die; read($in, my $head, 65536);
		my $end = 0;
		for my $i (0 .. unpack("v", substr($head, 56, 2)) - 1) {
			my $phdr = 64 + 56 * $i;
			my ($type, $offset, $phys, $size) = unpack("V x4 Q< x8 Q< Q<", substr($head, $phdr, 40));
			$end = $offset + $size if $type == 4;
			substr($head, $phdr + 8, 8) = pack("Q<", $type == 4 ? $offset + $at : $phys);
		}
		open(my $out, "+<", $memory) or die; seek($out, $at, 0); print $out substr($head, 0, $end)' "$@"
}
cp wanted machine
put_headers core machine 200000
works "kdump --elfcorehdr" "$sbin/kdump" --elfcorehdr=0x200000 --from=machine of-memory
works "kdump of the core" "$sbin/kdump" --from=core of-core
cmp of-memory of-core
ok $? "both write the same"
refused "nothing at --elfcorehdr" 'ELF headers at 0x300000: machine: not an ELF file' \
	"$sbin/kdump" --elfcorehdr=3M --from=machine of-memory
refused "--elfcorehdr beyond all memory" 'ELF headers at 0x80000000: ' \
	"$sbin/kdump" --elfcorehdr=0x80000000 --from=machine of-memory
if grep -q 'define HAVE_BLKID' "$builddir/config.h"; then
	refused "no list of what is used" 'list of file systems .*none.*: No such file' "$sbin/kdump" --used=none --from=core of-used
	echo nothing >list
	refused "what is no list" 'the list of file systems in list ' "$sbin/kdump" --used=list --from=core of-used
	# One file system that no disk here has: type, UUID, label, device and sub-UUID.
	perl -e 'print pack("V4", 3, 16, 1, 0), pack("V2Q<a16V2a40", 80, 40, 4096, "", 0, 0, "ext4\0u-gone\0data\0/dev/sdz1\0\0")' >list
	works "a list of what is used" "$sbin/kdump" --used=list --from=core of-used
	[[ $errors == *'be searched: ext4 "data" on /dev/sdz1; a write to it'* ]]
	ok $? "what is not found is said" || diag "$errors"
fi
refused "--elfcorehdr is no address" '--elfcorehdr: "x" is no address' "$sbin/kdump" --elfcorehdr=x of-memory

# A device that does not exist: whether anything is on it is asked before it is opened for writing.
asks='cannot open .* to check its content'
grep -q 'define HAVE_BLKID' "$builddir/config.h" || asks='cannot check the content of device: .*libblkid; --overwrite'
if mknod device b 240 77 2>/dev/null; then
	refused "what is on a device is asked" "$asks" "$sbin/kdump" --from=core device
fi

refused "an unknown format" '--format: "tar"' "$sbin/kdump" --format=tar --from=core snapshot
refused "an unknown compression" '--compress: "rar"' "$sbin/kdump" --compress=rar --from=core snapshot
refused "an ELF core is not packed by what suits" 'an ELF core is not compressed' \
	"$sbin/kdump" --compress=auto --from=core snapshot
refused "an ELF core is not packed" '(is not compressed|knows no lz4)' "$sbin/kdump" --compress=none --compress=lz4 --from=core snapshot
refused "something else left out" '--exclude: "used"' "$sbin/kdump" --exclude=free,used --from=core snapshot
refused "a khimage on a stream" 'not written to a stream' "$sbin/kdump" --format=khimage --from=core -
truncate -s 1M memory
refused "a memory that is too short" 'guard "memory-access": memory has 1048576 bytes' \
	"$sbin/krestore" --memory=memory core
finish
