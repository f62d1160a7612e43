#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A power cut while a file gets blocks for a hibernation, or gives them back (space=on-demand): the map on the disk never
# lists blocks that are not the file's any more, and the next expire mends the file. Writes to the disk and changes of the
# file's size are recorded; of what was not flushed, any part may have been done.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin bios-1g
sbin=$builddir/sbin
mib=$((1024 * 1024))
devices=$(mktemp -d /dev/shm/kexec-jump-XXXXXX 2>/dev/null) || {
	echo '1..0 # SKIP there is no /dev/shm'
	exit 0
}
trap 'rm -rf "$work" "$devices"' EXIT
chmod 777 "$devices"
mkdir -m 777 "$machine/proc/self"
mkdir -p "$machine/sys/class/block"
printf 'proc /proc proc rw 0 0\n' >"$machine/proc/self/mounts"
tools=$builddir/tests/tools/bin
guard=$guard:$tools/preload_block.so:$tools/preload_disk.so:$tools/preload_file.so
KEXEC=$sbin/khibernate
disk=$devices/disk file=$work/notes/file
truncate -s 64M "$disk"
truncate -s 2M "$file"
"$tools/mkparts" "$disk" $mib:$((2 * mib)) >/dev/null || exit
number=$(($(stat -c %i "$disk") & 0xfffff))
mkdir -p "$machine/sys/dev/block/259:$number"
echo "DEVNAME=${disk#/dev/}" >"$machine/sys/dev/block/259:$number/uevent"
export PRELOAD_BLOCK=$devices PRELOAD_FILE=$file PRELOAD_FILE_DEVICE=259:$number
printf '%s\n' "device=$disk@$mib" "file=$file" "kernel=$kernel" "initrd=$initrd" prepare=no check-boot=no space=on-demand \
	>"$work/kh.conf"
cp --sparse=always "$disk" "$work/before"

# It grows, is found to be in a folder of others, and gives the blocks back.
PRELOAD_DISK=$disk PRELOAD_DISK_LOG=$work/notes/writes kexec hibernate --config="$work/kh.conf"
[ "$status" -eq 1 ] && [[ $errors == *'users other than root can put another file in its place'* && $calls != *reboot* ]]
ok $? 'a hibernation begins, and ends without a save' || show
[ "$(stat -c %s "$file")" = $((2 * mib)) ]
ok $? 'the file is as it was'

# states OLD LOG FOLDER: NUMBER.disk and NUMBER.size for each state that a cut may leave; prints what is wrong with them.
states() {
	perl - "$@" <<-'END'
		use strict;
		use warnings;
		my ($old, $log, $to) = @ARGV;
		my ($sector, $piece, $start, $rest) = (512, 2 << 20, 1 << 20, 8 << 20);
		sub slurp { open my $in, '<:raw', $_[0] or die "$_[0]: $!"; local $/; return scalar <$in> }
		my ($bytes, $disk, $number, %seen) = (slurp($log), substr(slurp($old), 0, 4 << 20), 0);
		# What is on the disk for certain, and what may be: writes of the disk, sizes of the file.
		my (@writes, @sizes) = ();
		my $size = $piece;
		sub apply { my ($state, @w) = @_; substr($state, $_->[0], length $_->[1]) = $_->[1] for @w; return $state }
		sub judge {
			my ($state, $size) = @_;
			return if $seen{"$size " . $state}++;
			my ($magic, $version, $map_bytes, $offset, $count) = unpack 'a8L<2Q<2', substr $state, $start, 32;
			for my $i (0 .. $count - 1) {
				my ($at, $length) = unpack 'Q<2', substr $state, $start + 56 + 16 * $i, 16;
				my $end = $at >= $rest ? $rest + $size - $piece : $start + ($size < $piece ? $size : $piece);
				print "a file of $size bytes, and the map has $at+$length\n" if $at + $length > $end;
			}
			$number++;
			open my $out, '>:raw', "$to/$number.disk" or die $!;
			print {$out} $state;
			open my $sized, '>', "$to/$number.size" or die $!;
			print {$sized} $size;
		}
		sub judge_all {
			for my $now ($size, @sizes) {
				for my $done (0 .. @writes) {
					judge(apply($disk, @writes[0 .. $done - 1]), $now);
					next if $done == @writes;
					my ($at, $data) = @{$writes[$done]};
					judge(apply($disk, @writes[0 .. $done - 1], [$at, substr $data, 0, $sector]), $now);
					judge(apply($disk, $writes[$done]), $now);
				}
			}
		}
		for (my $at = 0; $at < length $bytes;) {
			my ($kind, $length, $offset) = unpack 'Q<3', substr $bytes, $at, 24;
			push @writes, [$offset, substr $bytes, $at + 24, $length] if $kind == 1;
			push @sizes, $offset if $kind == 3;
			judge_all();
			($disk, @writes) = (apply($disk, @writes)) if $kind == 2;
			($size, @sizes) = ($sizes[-1]) if $kind == 5 && @sizes;
			$at += 24 + $length;
		}
	END
}
mkdir "$work/states"
wrong=$(states "$work/before" "$work/notes/writes" "$work/states" 2>&1)
[ -z "$wrong" ]
ok $? 'after a cut the map has blocks of the file only' || diag "$wrong"
count=$(find "$work/states" -name '*.disk' | wc -l)
echo "# $count states"
[ "$count" -ge 3 ]
ok $? 'small, large, and large with a map of all'
unknown='' left=''
for ((i = 1; i <= count; i++)); do
	dd if="$work/states/$i.disk" of="$disk" conv=notrunc bs=1M status=none
	truncate -s "$(cat "$work/states/$i.size")" "$file"
	[[ $(PRELOAD_BLOCK='' "$sbin/kjump_back_param" --shell "$disk@$mib") == *"KJUMP_STATE='empty'"* ]] || unknown="$unknown $i"
	kexec expire --config="$work/kh.conf"
	[ "$(stat -c %s "$file")" = $((2 * mib)) ] && [ "$status" = 0 ] || left="$left $i:$errors"
done
[ -z "$unknown" ]
ok $? 'each holds an empty snapshot' || diag "not: $unknown"
[ -z "$left" ]
ok $? 'and expire makes the file small again' || diag "not: $left"
finish
