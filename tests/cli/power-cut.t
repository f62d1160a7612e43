#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# A power cut at any moment of saving, of marking a snapshot as used and taking that back, and of giving it up
# leaves the snapshot that was there, the new one, or none; never one that can be restored and is wrong.
#
# What kdump and krestore write to a disk, and when they flush it, is recorded
# (tests/tools/preload_disk.c). From that, states are made that a cut could leave:
# all before a flush is there; of what was written after it, any part in any order, the last write
# torn between sectors. krestore judges each state, and what it restores is compared.
#
# The same without the flushes must leave broken snapshots: else this test sees nothing.
use strict;
use warnings;
use Digest::MD5 qw(md5);
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Environment;
use Test::More;

my $SECTOR = 512;
my $DISK_BYTES = 3 << 20;
my $PAGES = 500; # several writes of at most 512 KiB

my $build = $ENV{builddir};
my ($kdump, $krestore) = map { "$build/sbin/$_" } qw(kdump krestore);
my $preload = "$build/tests/tools/bin/preload_disk.so";
plan skip_all => 'a static program cannot be recorded' if !-e $preload;

my $work = tempdir("kexec-jump-cut-XXXXXX", TMPDIR => 1, CLEANUP => 1);
my ($disk, $log, $memory) = ("$work/disk", "$work/log", "$work/memory");
my $place = $disk; # what programs name it by
# The same states in every run.
my $random = 1;

sub random_below {
	my ($end) = @_;
	$random = ($random * 1103515245 + 12345) % 2**31;
	return ($random >> 8) % $end;
}

sub slurp {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

sub spew {
	my ($path, $content) = @_;
	open my $file, '>:raw', $path or die "$path: $!\n";
	print {$file} $content;
	close $file or die "$path: $!\n";
}

# run COMMAND...: status and all it said.
sub run {
	my $pid = open my $pipe, '-|' // die;
	if (!$pid) {
		open STDERR, '>&', \*STDOUT;
		exec @_ or die "$_[0]: $!\n";
	}
	local $/;
	my $said = <$pipe> // '';
	close $pipe;
	return ($?, $said);
}

our $record_failing = 0; # whether the recorded program has to fail
sub record {
	my @command = @_;
	unlink $log;
	local $ENV{LD_PRELOAD} = $preload;
	local $ENV{ASAN_OPTIONS} = 'verify_asan_link_order=0:' . ($ENV{ASAN_OPTIONS} // '');
	local @ENV{qw(PRELOAD_DISK PRELOAD_DISK_LOG)} = ($disk, $log);
	my ($status, $said) = run(@command);
	die "@command: $said" if !$status != !$record_failing;
}

sub record_failing {
	local $record_failing = 1;
	record(@_);
}

# Whether nothing was written after the last flush.
sub ends_flushed {
	my $bytes = slurp($log);
	my $last = 0;
	for (my $at = 0; $at < length $bytes;) {
		my ($kind, $size) = unpack 'Q<2', substr $bytes, $at, 16;
		$last = $kind if $kind != 3;
		$at += 24 + $size;
	}
	return $last == 2;
}

# The log as a list of epochs, each a list of [offset, bytes]: what was written between two flushes.
# A disk keeps its size, so changes of it do not count.
sub epochs {
	my $bytes = slurp($log);
	my @epochs = ([]);
	for (my $at = 0; $at < length $bytes;) {
		my ($kind, $size, $offset) = unpack 'Q<3', substr $bytes, $at, 24;
		$at += 24;
		push @{$epochs[-1]}, [$offset, substr $bytes, $at, $size] if $kind == 1;
		push @epochs, [] if $kind == 2 && @{$epochs[-1]};
		$at += $size;
	}
	pop @epochs if !@{$epochs[-1]};
	return @epochs;
}

sub apply {
	my ($state, @writes) = @_;
	substr($state, $_->[0], length $_->[1]) = $_->[1] for @writes;
	return $state;
}

# A write of which only some sectors reached the disk: the first ones, the last ones, or any; or a part of one.
sub torn {
	my ($write) = @_;
	my ($offset, $bytes) = @$write;
	my $sectors = length($bytes) / $SECTOR;
	return () if $sectors < 2;
	my $cut = (1 + random_below($sectors - 1)) * $SECTOR;
	# A disk may give back a sector that is neither the old nor the new one: here half of each.
	my @parts = ([[$offset, substr $bytes, 0, $cut]], [[$offset + $cut, substr $bytes, $cut]],
		[[$offset, substr $bytes, 0, 100]]);
	push @parts, [map { random_below(2) ? [$offset + $_ * $SECTOR, substr $bytes, $_ * $SECTOR, $SECTOR] : () }
		0 .. ($sectors < 64 ? $sectors : 64) - 1];
	return @parts;
}

# Lists of writes, each what may have been done of an epoch when the power went.
sub subsets {
	my (@writes) = @_;
	my @subsets = map { [@writes[0 .. $_ - 1]] } 0 .. @writes;
	for my $i (0 .. $#writes) {
		my @before = @writes[0 .. $i - 1];
		push @subsets, [$writes[$i]], [@before, @writes[$i + 1 .. $#writes]];
		push @subsets, map { [@before, @$_] } torn($writes[$i]);
	}
	push @subsets, [grep { random_below(2) } @writes] for 1 .. (@writes > 2 ? 10 : 0);
	return @subsets;
}

# Calls $judge with every state that a cut may leave, each once, until it says that this is enough.
# Returns how many there were, and the last one.
sub each_state {
	my ($state, $epochs, $judge) = @_;
	my %seen;
	for my $epoch (@$epochs) {
		for my $subset (subsets(@$epoch)) {
			my $cut = apply($state, @$subset);
			return if !$seen{md5($cut)}++ && $judge->($cut);
		}
		$state = apply($state, @$epoch);
	}
	return (scalar keys %seen, $state);
}

my %memory_of; # what memory must hold when a snapshot is restored, by the snapshot's name
my $junk;      # memory before
my $is_junk;   # it still holds that

sub make_core {
	my ($name, $seed) = @_;
	my ($status, $said) = run("$build/tests/tools/bin/mkcore", "$work/$name.core", $PAGES, $seed, $memory);
	die "mkcore: $said" if $status;
	$memory_of{$name} = md5(slurp($memory));
	$junk = slurp($memory);
	substr($junk, 1 << 20, 2 * $PAGES * 4096) = "\x5a" x (2 * $PAGES * 4096);
}

# What a boot would find in a state of the disk: the name of a snapshot, "none", or "torn" and why.
my $signature = 'SWAPSPACE2';
our $overwritten = 0; # its content is being overwritten on purpose: it is refused as damaged until its state is "empty"
sub verdict {
	my ($state) = @_;
	spew($disk, $state);
	spew($memory, $junk) if !$is_junk;
	my ($status, $said) = run($krestore, "--memory=$memory", $place);
	$is_junk = $status && -s $memory == length $junk;
	if ($status) {
		return 'swap' if $place ne $disk && $said =~ /no snapshot's place/ && substr($state, 4086, 10) eq $signature;
		return 'none' if $said =~ /not written to its end|there is no snapshot|restored already|not an ELF file|superblock is damaged/;
		return 'none' if $overwritten && $said =~ /damaged|is something else/;
		return "torn: status $status, $said";
	}
	my $found = md5(slurp($memory));
	for my $name (keys %memory_of) {
		return $name if $memory_of{$name} eq $found;
	}
	return 'torn: restored, and wrong';
}

# A recorded program, begun on $before: every cut leaves one of @allowed, its end is $end.
sub check_cuts {
	my ($name, $before, $allowed, $end) = @_;
	my %allowed = map { $_ => 1 } @$allowed;
	my (%found, @wrong);
	my @epochs = epochs();
	ok(ends_flushed(), "$name: all is flushed before it ends");
	my ($count, $state) = each_state($before, \@epochs, sub {
		my $verdict = verdict($_[0]);
		$found{$verdict}++;
		push @wrong, $verdict if !$allowed{$verdict};
		return 0;
	});
	note("$name: $count states from ", scalar(@epochs), ' flushes: ',
		join(', ', map { "$found{$_} $_" } grep { !/^torn/ } sort keys %found));
	ok(!@wrong && $count > 1, "$name: a cut leaves " . join(' or ', @$allowed)) or diag(splice(@wrong, 0, 5));
	is(verdict($state), $end, "$name: what is there when it has ended");
	return $state;
}

# Without flushes a disk may do anything in any order.
sub check_without_flushes {
	my ($name, $before) = @_;
	my $torn = 0;
	my @writes = map { @$_ } epochs();
	each_state($before, [\@writes], sub { $torn = verdict($_[0]) =~ /^torn/ });
	ok($torn, "$name: without its flushes, snapshots would be torn");
}

sub save {
	my ($name, $before, @options) = @_;
	spew($disk, $before);
	record($kdump, '--format=khimage', '--overwrite', "--from=$work/$name.core", @options, $place);
}

# Packed as far as this build can: with --help behind it nothing else is done.
my @packed = system("$kdump --compress=lz4 --help >/dev/null 2>&1") ? () : ("--compress=lz4");

make_core('old', 1);
make_core('new', 2);
my $blank = "\0" x $DISK_BYTES;

save("old", $blank, "--exclude=zero");
my $old = check_cuts('saving to an empty partition', $blank, [qw(none old)], 'old');
check_without_flushes('saving to an empty partition', $blank);

save('new', $old, @packed, '--exclude=zero');
my $new = check_cuts('saving over a snapshot', $old, [qw(new none old)], 'new');
check_without_flushes('saving over a snapshot', $old);

# Also hybrid sleep: saved, as above, and given up when the machine is woken. The saved kernel continues only after that.
spew($disk, $new);
record($kdump, '--discard', $disk);
my $woken = check_cuts('giving a snapshot up', $new, [qw(new none)], 'none');
# It may go on after a cut between both superblocks, as another boot, which gives up what it finds. What it saves later,
# or the next hybrid sleep, begins from there; the one that was given up never comes back by that.
my $half_woken = apply($new, @{(epochs())[0]});
is(verdict($half_woken), 'none', 'a snapshot that was given up in one superblock is given up');
spew($disk, $half_woken);
record($kdump, '--discard', $disk);
check_cuts('giving it up once more', $half_woken, ['none'], 'none');
save('old', $half_woken, '--exclude=zero');
check_cuts('hybrid sleep after that', $half_woken, [qw(none old)], 'old');
save('old', $woken, '--exclude=zero');
check_cuts('hybrid sleep once more', $woken, [qw(none old)], 'old');
# With wipe=yes the kernel that was woken, or resumed, overwrites what shows the content.
spew($disk, $woken);
record("$build/tests/tools/bin/mkmark", 'wipe', $disk);
my $wiped = check_cuts('overwriting what was given up', $woken, ['none'], 'none');
save('old', $wiped, '--exclude=zero');
check_cuts('saving over that', $wiped, [qw(none old)], 'old');

spew($disk, $new);
spew($memory, $junk);
record($krestore, "--memory=$memory", $disk);
check_cuts('restoring a snapshot', $new, [qw(new none)], 'none');

# The power went between both marks: one superblock says "used", the other one "committed". The system went on
# from its file systems, and is saved the next time: the snapshot must not come back by that.
my $half_marked = apply($new, @{(epochs())[0]});
is(verdict($half_marked), 'none', 'a snapshot that was marked as used in one superblock is used');
save('old', $half_marked, '--exclude=zero');
check_cuts('saving over it', $half_marked, [qw(none old)], 'old');
spew($disk, $half_marked);
record($kdump, '--init', '--overwrite', $disk);
check_cuts('making it empty', $half_marked, ['none'], 'none');

# By placement the kernel is left when the mark is complete; if the placing program refuses, the mark is taken back. A
# cut before that leaves no snapshot, although its kernel was not entered: only the memory that the cut erases knew that.
spew($disk, $new);
record("$build/tests/tools/bin/mkmark", 'used', $disk);
my $used = check_cuts('marking before a placement', $new, [qw(new none)], 'none');
spew($disk, $used);
record("$build/tests/tools/bin/mkmark", 'refused', $disk);
check_cuts('taking the mark back', $used, [qw(new none)], 'new');
for my $content ($used, $new) {
	local $overwritten = 1;
	my ($what, @before) = $content eq $new ? ('waits', 'new') : ('was used');
	spew($disk, $content);
	record("$build/tests/tools/bin/mkmark", 'wipe', $disk);
	check_cuts("overwriting what $what", $content, ['none', @before], 'none');
}
spew($disk, $used);
record("$build/tests/tools/bin/mkmark", 'refused', $disk);
# Cut between both superblocks: committed counts. What comes next begins from there.
my $half_taken_back = apply($used, @{(epochs())[0]});
is(verdict($half_taken_back), 'new', 'a mark that was taken back in one superblock is taken back');
spew($disk, $half_taken_back);
record("$build/tests/tools/bin/mkmark", 'used', $disk);
check_cuts('marking it once more', $half_taken_back, [qw(new none)], 'none');

# The mark cannot be written, to the first superblock or to the second one: the kernel was not entered, and the snapshot
# waits again. It is not what makes one wait that was used before.
for my $failing (1, 2) {
	local $ENV{PRELOAD_DISK_FAILS} = $failing;
	spew($disk, $new);
	record_failing("$build/tests/tools/bin/mkmark", 'used', $disk);
	my $waiting = check_cuts("marking, and write $failing fails", $new, [qw(new none)], 'new');
	spew($disk, $used);
	record_failing("$build/tests/tools/bin/mkmark", 'used', $disk);
	is(verdict(slurp($disk)), 'none', "marking what is used, and write $failing would fail: it stays used");
	local $ENV{PRELOAD_DISK_FAILS} = 0;
	spew($disk, $waiting);
	record("$build/tests/tools/bin/mkmark", 'used', $disk);
	check_cuts("marking it then, after write $failing", $waiting, [qw(new none)], 'none');
}

# A swap area is a place for a while. Before, a program's memory lies in it that looks like a snapshot.
$place = "$disk\@0";
my $mark = "$build/tests/tools/bin/mkmark";
my $swap = apply($blank, [1036, 'of this swap'], [4086, 'SWAPSPACE2']);
my $header = substr $swap, 0, 4096;
spew($disk, $swap);
record($mark, 'hold', $disk);
save('old', slurp($disk), '--exclude=zero');
my $forged = apply(slurp($disk), [4086, 'SWAPSPACE2']);
spew($disk, $forged);
record($mark, 'hold', $disk);
my $held = check_cuts('taking a swap area', $forged, [qw(swap none)], 'none');
save('new', $held, '--exclude=zero');
my $saved = check_cuts('saving to it', $held, [qw(none new)], 'new');
spew($disk, $saved);
record($kdump, '--discard', $place);
my $given_up = check_cuts('giving it up', $saved, [qw(new none)], 'none');
spew($disk, $given_up);
record($mark, 'release', $disk);
my $back = check_cuts('making it swap again', $given_up, [qw(none swap)], 'swap');
is(substr($back, 0, 4096), $header, 'its header is as it was');
spew($disk, $saved);
isnt((run($mark, 'release', $disk))[0], 0, 'it is not made swap while it has a snapshot');
is(slurp($disk), $saved, 'and nothing is changed');
# Below encryption the header does not show, and the bytes of its signature are any.
$signature = "\x93\x00\xffciphe\x01\x02";
my $hidden = apply($blank, [0, pack 'L*', map { $_ * 2654435761 & 0xffffffff } 1 .. 1024], [4086, $signature]);
spew($disk, $hidden);
isnt((run($mark, 'hold', $disk))[0], 0, 'without its header it is no swap area');
is(slurp($disk), $hidden, 'and nothing is changed');
record($mark, 'hold-encrypted', $disk);
$held = check_cuts('taking an encrypted swap area', $hidden, [qw(swap none)], 'none');
spew($disk, $held);
record($mark, 'release', $disk);
$back = check_cuts('making it swap again', $held, [qw(none swap)], 'swap');
is(substr($back, 0, 4096), substr($hidden, 0, 4096), 'its header is as it was, without any key');
$place = $disk;

# A disk may not give back a sector that was being written.
spew($disk, $new);
for my $bad (0, 4096) {
	local $ENV{PRELOAD_DISK_BAD} = $bad;
	record($krestore, '--check', "--memory=$memory", $disk);
	pass("a superblock at $bad that cannot be read does no harm");
	record($kdump, '--discard', $disk);
	is(verdict(slurp($disk)), 'none', 'and the snapshot can be given up');
	spew($disk, $new);
}

done_testing();
