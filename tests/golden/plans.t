#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Golden plans: kexec --dry-run --root for every run of every described machine
# (*.machine, made by tests/tools/mkmachine). Two things are shown of each plan:
# that it is the reviewed one (MACHINE.RUN.plan; UPDATE=1 rewrites these files),
# and, independent of that file, that it keeps the rules of every plan
# (PlanRules.pm). With arguments only the machines they name.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../lib";
use Environment;
use PlanRules;
use Test::More;

my $golden = $FindBin::Bin;
my $kexec = $ENV{KEXEC};
my $mkmachine = "$ENV{builddir}/tests/tools/bin/mkmachine";
my $temporary = tempdir('kexec-jump-golden-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub read_file {
	my ($path) = @_;
	open(my $file, '<', $path) or return undef;
	local $/;
	return scalar <$file>;
}

sub write_file {
	my ($path, $text) = @_;
	open(my $file, '>', $path) or die "$path: $!";
	print $file $text;
	close($file) or die "$path: $!";
}

# The runs of a machine, in order: [name, arguments].
sub runs_of {
	my ($folder) = @_;
	my @runs;
	for my $line (split /\n/, read_file("$folder/runs") // '') {
		next if $line =~ /^(#|$)/;
		$line =~ /^([\w-]+): (.*)$/ or die "bad line in runs: $line";
		push @runs, [$1, $2];
	}
	return @runs;
}

# The output and the exit status.
sub dry_run {
	my ($folder, $arguments) = @_;
	my $output = `cd '$folder' && '$kexec' --dry-run --root=. $arguments 2>&1`;
	my $status = $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8);
	return ("kexec $arguments\n$status\n$output", $? >> 8);
}

sub show_difference {
	my ($wanted, $got) = @_;
	write_file("$temporary/got", $got);
	diag(`diff -u '$wanted' '$temporary/got'`);
}

sub check_golden {
	my ($name, $text) = @_;
	my $path = "$golden/$name.plan";
	# How many bytes of code there are is the compiler's affair.
	$text =~ s/^(  0x.*  (?:purgatory|gate) +)\d+ bytes/$1N bytes/gm;
	if ($ENV{UPDATE} && (read_file($path) // '') ne $text) {
		write_file($path, $text);
		diag("$name.plan written");
	}
	my $wanted = read_file($path);
	if (!defined $wanted) {
		fail("$name has a golden plan (UPDATE=1 writes it)");
	} elsif (!ok($wanted eq $text, "$name is planned as before")) {
		show_difference($path, $text);
	}
}

sub check_rules {
	my ($name, $text, $status, $folder, $arguments) = @_;
	my @broken = $status ? PlanRules::broken_by_error($text) : PlanRules::broken_by_plan($text, $folder, $arguments);
	ok(!@broken, "$name keeps the rules") or diag(join("\n", @broken));
}

my %known;
my @descriptions = @ARGV ? map { "$golden/$_.machine" } @ARGV : sort glob("$golden/*.machine");
for my $description (@descriptions) {
	my ($machine) = $description =~ m{([^/]+)\.machine$};
	my $folder = "$temporary/$machine";
	mkdir $folder or die "$folder: $!";
	if (system($mkmachine, $description, $folder)) {
		fail("$machine can be made");
		next;
	}
	my @runs = runs_of($folder);
	ok(@runs > 0, "$machine has runs");
	for my $run (@runs) {
		my ($name, $arguments) = ("$machine.$run->[0]", $run->[1]);
		my ($text, $status) = dry_run($folder, $arguments);
		ok(!$known{"$name.plan"}++, "$name is one run");
		check_golden($name, $text);
		check_rules($name, $text, $status, $folder, $arguments);
	}
}
for my $path (@ARGV ? map { glob("$golden/$_.*.plan") } @ARGV : glob("$golden/*.plan")) {
	my ($name) = $path =~ m{([^/]+)$};
	ok($known{$name}, "$name belongs to a run") or $ENV{UPDATE} && unlink($path);
}
done_testing();
