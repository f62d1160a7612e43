#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Encrypted snapshots: made and opened by keys; a wrong passphrase, and every kind of change, is refused.
# shellcheck source=tests/cli/snapshots.sh
. "$(dirname "$0")/snapshots.sh"

poke() { # poke FILE OFFSET: turns the lowest bit of a byte round
	local byte
	byte=$(od -An -tu1 -j "$2" -N1 "$1")
	# shellcheck disable=SC2059 # the format is the data
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

echo "a passphrase with blanks" >pass
echo "another one" >wrong
if ! "$sbin/khibernate" keys --config=k.conf --passphrase-file=pass >output 2>errors && grep -q libsodium errors; then
	"$builddir/tests/tools/bin/mksaved" core 8 100
	head -c 72 /dev/zero | sed 's/^......../KHKEYS1\x00/' >saving.key
	refused "without libsodium nothing is encrypted" 'this build cannot encrypt' \
		"$sbin/kdump" --format=khimage --encrypt=saving.key --from=core snapshot
	[ ! -s snapshot ]
	ok $? "and nothing is written"
	finish
fi

[ "$(stat -c %a.%s k k/saving.key k/restoring.key | tr '\n' ' ' | sed 's/\.4096//')" = "700 600.72 600.176 " ] ||
	[ "$(stat -c %a k k/saving.key k/restoring.key | tr '\n' ' ')" = "700 600 600 " ]
ok $? "the keys are their owner's only"
echo "another one" >other-pass
printf 'gr\303\274n\n' >letters-pass
works "a passphrase with letters outside ASCII" "$sbin/khibernate" keys --config=letters.conf --passphrase-file=letters-pass
[[ $output == *"WARNING: the passphrase has letters outside ASCII"* ]]
ok $? "is warned of"
works "another pair of keys" "$sbin/khibernate" keys --config=other.conf --passphrase-file=other-pass
[[ $output != *WARNING* ]]
ok $? "one without is not"
(umask 077 && "$sbin/khibernate" unseal --config=k.conf --passphrase-file=pass >open.key)
ok $? "a key is unsealed"
"$sbin/khibernate" unseal --config=other.conf --passphrase-file=other-pass >other.key
# Trying a passphrase takes a second, on purpose.
key=(--key-file=open.key)

"$builddir/tests/tools/bin/mksaved" core 8 100 || exit
fresh_memory
"$sbin/krestore" --memory=memory core >/dev/null 2>&1
mv memory wanted

save() { # save FILE OPTION...
	rm -f "$1"
	"$sbin/kdump" --format=khimage --encrypt=k/saving.key --from=core "${@:2}" "$1" 2>errors
}

for options in "" "--exclude=zero" "--compress=auto" "--compress=lz4 --exclude=zero" "--compress=zstd --exclude=zero"; do
	# shellcheck disable=SC2086 # words
	! save snapshot $options && grep -q 'knows no' errors && continue
	fresh_memory
	works "kdump $options: checked" "$sbin/krestore" --check --memory=memory "${key[@]}" snapshot
	works "kdump $options: restored" "$sbin/krestore" --memory=memory --require-encryption "${key[@]}" snapshot
	cmp -s memory wanted
	ok $? "kdump $options: memory is as it was saved"
done
refused "a used one is not restored again" 'guard "state": .*restored already' "$sbin/krestore" --memory=memory \
	"${key[@]}" snapshot

# What a thief sees.
save snapshot --exclude=none 2>/dev/null || save snapshot
[ "$(shell_value KJUMP_STATE snapshot)" = committed ] && [ -z "$(shell_value KJUMP_ENTRY snapshot)" ]
ok $? "without a key the state is known, and nothing of the content"
! grep -qaE 'VMCOREINFO|KJUMP|KHGROUP|CORE' snapshot
ok $? "no note and no index block is readable"
pages_in_common() { # of 4 KiB each, that are not zeros
	comm -12 <(digests core) <(digests snapshot) | wc -l
}
digests() {
	split -b 4096 --filter='md5sum' "$1" | grep -v 620f0b67a91f7f74151bc5be745b7110 | sort -u
}
[ "$(pages_in_common)" -eq 0 ]
ok $? "no page is readable"
refused "a snapshot to be restored is not overwritten" 'not restored yet' "$sbin/kdump" --init snapshot

cp snapshot whole
refuses() { # refuses NAME PATTERN OPTION...: and the snapshot is as it was
	fresh_memory
	cp snapshot before
	refused "$1" "$2" "$sbin/krestore" --memory=memory "${@:3}" snapshot
	cmp -s memory <(head -c 32M /dev/zero) && cmp -s before snapshot
	ok $? "$1: nothing is written"
}
refuses "without a key" 'guard "key": .*is encrypted: give its key'
refuses "a wrong passphrase" 'guard "key": the passphrase is wrong' --key-file=k/restoring.key --passphrase-file=wrong
refuses "another pair of keys" 'guard "key": .*encrypted for another key' --key-file=other.key
refuses "a file that is no key" 'pass is no key for restoring' --key-file=pass
refuses "an empty passphrase" 'no passphrase' --key-file=k/restoring.key --passphrase-file=/dev/null
works "it is exported by its passphrase" "$sbin/krestore" --export=exported --key-file=k/restoring.key \
	--passphrase-file=pass snapshot
fresh_memory
works "what is exported is a core" "$sbin/krestore" --memory=memory exported
cmp -s memory wanted
ok $? "with the same memory"
refused "an ELF core where encryption is required" 'guard "key": .*is not encrypted' \
	"$sbin/krestore" --memory=memory --require-encryption "${key[@]}" core

# Who has the public key, and no more, forges a snapshot.
head -c 40 k/saving.key >forging.key
head -c 32 /dev/urandom >>forging.key
"$sbin/kdump" --format=khimage --encrypt=forging.key --from=core forged 2>/dev/null
cp forged snapshot
refuses "a forged snapshot" 'guard "key": .*forged, or was changed' "${key[@]}"
"$sbin/kdump" --format=khimage --from=core plain 2>/dev/null
cp plain snapshot
refuses "a plain one where encryption is required" 'guard "key": .*not encrypted.*forged' --require-encryption "${key[@]}"

# A bit in each part; the superblocks are both changed, and their checksums made right again.
refuses_bit() { # refuses_bit NAME PATTERN OFFSET...
	local offset
	cp whole snapshot
	for offset in "${@:3}"; do poke snapshot "$offset"; done
	refuses "$1" "$2" "${key[@]}"
}
groups=$((8192 + 4096))
refuses_bit "a bit in both superblocks" 'superblock is damaged' 40 $((4096 + 40))
refuses_bit "a bit in both sealed keys" 'superblock is damaged' 300 $((4096 + 300))
refuses_bit "a bit in the notes" 'guard "key": .*notes are damaged, or were changed' 8200
refuses_bit "a bit in an index block" 'guard "index": .*index block 1 of 1 is damaged, or was changed' $((groups + 1000))
refuses_bit "a bit in an index block's tag" 'index block 1 of 1 is damaged, or was changed' $((groups + 65530))
refuses_bit "a bit in a chunk" 'guard "content": .*a chunk is damaged, or was changed' $((groups + 65536 + 300000))
for offset in 24 32 40 160 232 240 272 352 456; do
	cp whole snapshot
	for slot in 0 4096; do
		poke snapshot $((slot + offset))
		"$builddir/tests/tools/bin/resealed" snapshot "$slot"
	done
	refuses "byte $offset of both superblocks, with right checksums" 'guard "key"' "${key[@]}"
done

# Chunks that are whole, elsewhere.
swapped() { # swapped FROM-FILE FROM TO: a chunk of 256 KiB
	dd if="$1" of=snapshot bs=65536 iflag=skip_bytes,count_bytes oflag=seek_bytes skip=$((groups + 65536 + $2 * 262144)) \
		seek=$((groups + 65536 + $3 * 262144)) count=262144 conv=notrunc status=none
}
cp whole snapshot
swapped whole 0 1
swapped whole 1 0
refuses "two chunks that changed places" 'guard "content": .*not the one that was encrypted there' "${key[@]}"
save newer
cp newer snapshot
swapped whole 0 0
refuses "a chunk of an older snapshot" 'guard "content": .*not the one that was encrypted there' "${key[@]}"
cp newer snapshot
dd if=whole of=snapshot bs=4096 skip=$((groups / 4096)) seek=$((groups / 4096)) count=16 conv=notrunc status=none
refuses "an index block of an older snapshot" 'index block 1 of 1 is damaged, or was changed' "${key[@]}"
cp whole snapshot
truncate -s -1M snapshot
refuses "a snapshot that is cut off" 'ends in the middle|cut off|cannot read|too short' "${key[@]}"

wiped() { # wiped NAME: and nothing but the numbers of it is left
	works "$1" "$builddir/tests/tools/bin/wiped" snapshot
	[ "$(shell_value KJUMP_STATE snapshot) $(shell_value KJUMP_GENERATION snapshot)" = "empty 1" ]
	ok $? "$1: it is empty"
	! grep -qaE 'VMCOREINFO|KJUMP|KHGROUP' snapshot
	ok $? "$1: notes and index blocks are gone"
}
cp plain snapshot
grep -qa KHGROUP snapshot
ok $? "a plain snapshot shows its index blocks"
wiped "a plain snapshot is wiped"
# Another index block lies behind the first, which is damaged, as the notes are: it is found all the same.
copy=$((groups / 4096 + 32))
for place in "$groups" $((groups + 30)) 8200; do
	cp plain snapshot
	dd if=plain of=snapshot bs=4096 skip=$((groups / 4096)) seek="$copy" count=16 conv=notrunc status=none
	printf '\377\377' | dd of=snapshot bs=1 seek="$place" conv=notrunc status=none
	[ "$place" != 8200 ] || printf '\377' | dd of=snapshot bs=1 seek="$groups" conv=notrunc status=none
	wiped "one that is damaged at $place is wiped"
done
cp whole snapshot
wiped "an encrypted snapshot is wiped"
! cmp -s <(head -c 73728 whole | tail -c 65536) <(head -c 73728 snapshot | tail -c 65536)
ok $? "and its notes, which no key opens, are overwritten"
cp whole snapshot
works "a snapshot is discarded" "$sbin/kdump" --discard snapshot
sealed() { dd if="$1" bs=1 skip=272 count=80 status=none; }
! cmp -s <(sealed whole) <(sealed snapshot) && cmp -s <(sealed snapshot) <(head -c 80 /dev/zero)
ok $? "then its key is gone"
finish
