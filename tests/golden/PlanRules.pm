# SPDX-License-Identifier: GPL-2.0-only
#
# The rules that every plan keeps, checked on the text of --dry-run against the files
# of the described machine. No code is shared with the program: spans are
# [start, end] pairs, the end not included, worked out anew from /proc/iomem.
package PlanRules;
use strict;
use warnings;
no warnings 'portable';

my $MIB = 1 << 20;
my $GIB = 1 << 30;
my $PAGE = 4096;

# The memory map of a kernel in a window does not have it, so that no reserved range goes across 1 MiB: Linux takes
# such memory for a device's.
my $rom_page = [$MIB - $PAGE, $MIB];

# ---- sets of spans: sorted, disjoint, merged ----

sub merged {
	my @spans = sort { $a->[0] <=> $b->[0] } grep { $_->[0] < $_->[1] } @_;
	my @set;
	for my $span (@spans) {
		if (@set && $span->[0] <= $set[-1][1]) {
			$set[-1][1] = $span->[1] if $span->[1] > $set[-1][1];
		} else {
			push @set, [@$span];
		}
	}
	return @set;
}

sub within {
	my ($set, $start, $end) = @_;
	return merged(map { [$_->[0] > $start ? $_->[0] : $start, $_->[1] < $end ? $_->[1] : $end] } @$set);
}

sub without {
	my ($set, $others) = @_;
	my @left = map { [@$_] } @$set;
	for my $other (@$others) {
		@left = map { ([$_->[0], $_->[1] < $other->[0] ? $_->[1] : $other->[0]],
			       [$_->[0] > $other->[1] ? $_->[0] : $other->[1], $_->[1]]) } @left;
		@left = merged(@left);
	}
	return @left;
}

sub whole_pages {
	return merged(map { [int(($_->[0] + $PAGE - 1) / $PAGE) * $PAGE, int($_->[1] / $PAGE) * $PAGE] } @_);
}

sub holds {
	my ($set, $start, $end) = @_;
	return scalar grep { $_->[0] <= $start && $end <= $_->[1] } @$set;
}

sub as_text {
	return join(' ', map { sprintf('%x-%x', $_->[0], $_->[1] - 1) } @_) || 'nothing';
}

sub size_of {
	my $size = 0;
	$size += $_->[1] - $_->[0] for @_;
	return $size;
}

# ---- input ----

sub slurp {
	my ($path, $most) = @_;
	open(my $file, '<:raw', $path) or return '';
	local $/ = $most ? \$most : undef;
	return scalar(<$file>) // '';
}

# The spans of a map, [span, type] each, that are of this type, or of any other.
sub of_type {
	my ($type, @map) = @_;
	return map { $_->[0] } grep { $_->[1] eq $type } @map;
}

sub not_of_type {
	my ($type, @map) = @_;
	return map { $_->[0] } grep { $_->[1] ne $type } @map;
}

# RAM and all other ranges: of the firmware's map, and over it those of /proc/iomem, if the running kernel knows more
# or does not show the firmware's map.
sub told_map {
	my ($folder, @iomem) = @_;
	my @firmware = map {
		my ($start, $end, $type) = map { slurp($_) =~ /(.*)/ } "$_/start", "$_/end", "$_/type";
		[[hex $start, hex($end) + 1], $type];
	} glob("$folder/sys/firmware/memmap/*");
	my @ram = of_type('System RAM', @firmware);
	my @other = not_of_type('System RAM', @firmware);
	return (\@ram, \@other) unless slurp("$folder/proc/cmdline") =~ /(^| )add_efi_memmap( |$)/m
		|| grep { whole_pages(without([of_type($_, @iomem)], [of_type($_, @firmware)])) } 'System RAM', 'Soft Reserved';
	my @running_ram = of_type('System RAM', @iomem);
	my @running_other = not_of_type('System RAM', @iomem);
	return ([without(\@ram, \@running_other), @running_ram], [without(\@other, \@running_ram), @running_other]);
}

# Each CPU's notes and VMCOREINFO, as [start, end].
sub kept_notes {
	my ($folder) = @_;
	my @notes = map {
		my $start = slurp("$_/crash_notes") =~ /^(?:0x)?([0-9a-f]+)$/ ? hex $1 : 0;
		[$start, $start + slurp("$_/crash_notes_size")];
	} grep { -e "$_/crash_notes" } glob("$folder/sys/devices/system/cpu/cpu[0-9]*");
	push @notes, [hex $1, hex($1) + hex $2]
		if slurp("$folder/sys/kernel/vmcoreinfo") =~ /^(?:0x)?([0-9a-f]+) ([0-9a-f]+)$/;
	return @notes;
}

# System RAM, the firmware's map, the memory reserved for a crash kernel, and half of memory in pages.
sub machine {
	my ($folder) = @_;
	my (@ram, @plugged, @outer, @crash);
	for (split /\n/, slurp("$folder/proc/iomem")) {
		my ($start, $last, $name) = /^\s*([0-9a-f]+)-([0-9a-f]+) : (.*)/ or next;
		my $span = [hex $start, hex($last) + 1];
		push @ram, $span if $name =~ /^System RAM/;
		push @plugged, $span if $name =~ /^System RAM \(/;
		push @crash, $span if $name eq 'Crash kernel';
		push @outer, [$span, $name] if /^\S/ && $name =~ /^(System RAM|Reserved|ACPI|Unusable|Persistent|Soft)/;
	}
	my ($told_ram, $told_other) = told_map($folder, @outer);
	my @cma = map { /^([0-9a-f]+)-([0-9a-f]+)$/ ? [hex $1, hex($2) + 1] : () }
		split /\n/, slurp("$folder/sys/kernel/kexec/crash_cma_ranges");
	my ($total) = slurp("$folder/proc/meminfo") =~ /^MemTotal:\s+(\d+)/;
	return {
		ram => [merged(@ram)],
		# Without memory that a driver has added, and may remove.
		steady => [without([merged(@ram)], \@plugged)],
		told_ram => [merged(@$told_ram)],
		other => [merged(@$told_other)],
		limit => int($total / 8),
		crash => [merged(@crash)],
		crash_memory => [merged(@crash, @cma)],
		notes => [kept_notes($folder)],
		hotplug_room => slurp("$folder/sys/kernel/kexec/crash_elfcorehdr_size") || 0,
	};
}

# Fields of a bzImage, by Documentation/arch/x86/boot.rst; undef for anything else.
sub bzimage {
	my ($path) = @_;
	my $bytes = slurp($path);
	return undef unless length($bytes) > 0x264 && substr($bytes, 0x202, 4) eq 'HdrS';
	my $protocol = unpack('v', substr($bytes, 0x206));
	my $field = sub {
		my ($since, $offset, $type, $before) = @_;
		return $protocol < $since ? $before : unpack($type, substr($bytes, $offset));
	};
	return {
		body => length($bytes) - 512 * (1 + (unpack('C', substr($bytes, 0x1f1)) || 4)),
		initrd_max => $field->(0x203, 0x22c, 'V', 0x37ffffff),
		align => $field->(0x205, 0x230, 'V', $PAGE),
		relocatable => $field->(0x205, 0x234, 'C', 0),
		flags => $field->(0x20c, 0x236, 'v', 0),
		cmdline_size => $field->(0x206, 0x238, 'V', 255),
		preferred => $field->(0x20a, 0x258, 'Q<', 0x100000),
		init_size => $field->(0x20a, 0x260, 'V', 0),
	};
}

my $SPAN = qr/0x([0-9a-f]{12,})-0x([0-9a-f]{12,})  +[\d.]+ (?:bytes|[KMGT]iB)/;

sub parse {
	my ($text) = @_;
	my %plan = (low => [], crash => [], map => [], visible => [], poison => [], segments => []);
	my $list;
	for (split /\n/, $text) {
		if (/^  $SPAN(?:  +(.*))?$/ && $list) {
			push @$list, { span => [hex $1, hex($2) + 1], rest => $3 // '' };
			next;
		}
		undef $list;
		if (/^low memory$/) { $list = $plan{low} }
		elsif (/^crash kernel's memory$/) { $list = $plan{crash} }
		elsif (/^memory map of the new kernel$/) { $list = $plan{map} }
		elsif (/^visible in /) { $list = $plan{visible} }
		elsif (/^segments \((\d+)(?: of 16)?\)$/) { $list = $plan{segments}; $plan{count} = $1 }
		elsif (/^free pages, filled with poison$/) { $list = $plan{poison} }
		elsif (/^placed +(.*)/) { $plan{placed} = $1 }
		elsif (/^(window|headers) +$SPAN  \((.*)\)$/) { $plan{$1} = [hex $2, hex($3) + 1]; $plan{"$1_remark"} = $4 }
		elsif (/^(entry|target|gdt|flags) +0x([0-9a-f]+)/) { $plan{$1} = hex $2 }
		elsif (/^(kernel|cmdline) +(.*)$/) { $plan{$1} = $2 }
	}
	return \%plan;
}

sub spans { return map { $_->{span} } @_ }

sub segment {
	my ($plan, $what) = @_;
	return (grep { $_->{rest} =~ /^\Q$what\E +\d/ } @{ $plan->{segments} })[0];
}

# ---- the rules; each returns the violations ----

# kernel/kexec_core.c, sanity_check_segment_list
sub kernel_limits {
	my ($plan, $machine) = @_;
	my @segments = @{ $plan->{segments} };
	my (@broken, $end);
	my $pages = size_of(spans @segments) / $PAGE;
	push @broken, 'number of segments: ' . @segments if !@segments || $plan->{count} != @segments;
	# A plan beyond the limits, and no other, is placed.
	my $is_beyond = @segments > 16 || $pages > $machine->{limit} || @{ $plan->{poison} };
	push @broken, @segments . " segments, $pages pages: " . ($plan->{placed} ? 'placed' : 'not placed')
		if !$is_beyond != !$plan->{placed};
	for my $segment (@segments) {
		my ($start, $last) = @{ $segment->{span} };
		my $name = as_text($segment->{span}) . " ($segment->{rest})";
		push @broken, "$name is not page aligned" if $start % $PAGE || $last % $PAGE;
		push @broken, "$name overlaps the one before, or is out of order" if defined $end && $start < $end;
		push @broken, "$name is no RAM, or a driver's" unless holds($machine->{steady}, $start, $last);
		push @broken, "$name holds page 0" if $start < $PAGE;
		push @broken, "$name has more bytes than room"
			unless $segment->{rest} =~ / (\d+) bytes/ && $1 <= $last - $start;
		$end = $last;
	}
	push @broken, 'poison over a segment' if grep { within([spans @segments], @{ $_->{span} }) } @{ $plan->{poison} };
	return @broken;
}

# Every page that B can touch is in a segment, and no other.
sub window_is_covered {
	my ($plan, $machine) = @_;
	my @low = whole_pages(within($machine->{steady}, $PAGE, 0xa0000));
	my $start = $plan->{window}[0] > $MIB ? $plan->{window}[0] : $MIB;
	my @kept = merged(@low, whole_pages(within($machine->{steady}, $start, $plan->{window}[1])));
	my @covered = merged(spans @{ $plan->{segments} });
	my @broken;
	push @broken, 'low memory is ' . as_text(@low) unless as_text(@low) eq as_text(spans @{ $plan->{low} });
	push @broken, 'segments cover ' . as_text(@covered) . ', window and low memory are ' . as_text(@kept)
		unless as_text(@kept) eq as_text(@covered);
	return (\@kept, @broken);
}

sub memory_map {
	my ($plan, $machine, $kept) = @_;
	my @map = @{ $plan->{map} };
	my @ram = merged(spans grep { $_->{rest} eq 'RAM' } @map);
	my @rest = merged(spans grep { $_->{rest} ne 'RAM' } @map);
	my @expected = without($kept, [$plan->{headers}]);
	my @broken;
	push @broken, 'B gets ' . as_text(@ram) . ' as RAM, and not ' . as_text(@expected)
		unless as_text(@ram) eq as_text(@expected);
	push @broken, 'reserved memory goes across 1 MiB' if grep { $_->[0] < $MIB && $_->[1] > $MIB } @rest;
	push @broken, 'the memory map has less than two entries' if @map < 2;
	push @broken, 'the map of B does not have ' . as_text($_)
		for without([@{ $machine->{other} }, @{ $machine->{ram} }], [merged(@ram, @rest, $rom_page)]);
	push @broken, 'the map of B does not have the headers' unless holds(\@rest, @{ $plan->{headers} });
	return @broken;
}

# The next kernel of an ordinary load gets all RAM, and all other ranges.
sub whole_memory_map {
	my ($plan, $machine) = @_;
	my @ram = merged(spans grep { $_->{rest} eq 'RAM' } @{ $plan->{map} });
	my @rest = merged(spans grep { $_->{rest} ne 'RAM' } @{ $plan->{map} });
	my @broken;
	push @broken, 'the next kernel is told that ' . as_text(@ram) . ' is RAM'
		unless as_text(@ram) eq as_text(@{ $machine->{told_ram} });
	for my $segment (@{ $plan->{segments} }) {
		push @broken, as_text($segment->{span}) . ' is no RAM for the next kernel'
			unless holds(\@ram, @{ $segment->{span} });
	}
	push @broken, 'the next kernel is not told of ' . as_text($_) for without($machine->{other}, \@rest);
	return @broken;
}

# Setup code in real mode: below the adapters, and purgatory enters it by the code behind the command line. It asks the
# BIOS for the memory map; all segments must be RAM in that.
sub real_mode {
	my ($plan, $machine) = @_;
	my $setup = segment($plan, 'setup code');
	my @broken;
	return 'no segment for the setup code' unless $setup;
	my ($start, $end) = @{ $setup->{span} };
	push @broken, 'the setup code is not below 640 KiB' if $end > 0xa0000;
	push @broken, 'the setup code has no room for stack and heap' if $end - $start != 0xf000;
	push @broken, 'the target is not the way into real mode' if $plan->{wide} || $plan->{target} != $start + 0xee00;
	for my $segment (@{ $plan->{segments} }) {
		push @broken, as_text($segment->{span}) . ' is no RAM for the next kernel'
			unless holds($machine->{told_ram}, @{ $segment->{span} });
	}
	return @broken;
}

# A confined kernel gets the window and low memory as RAM, and all other ranges as something else.
sub confined_memory_map {
	my ($plan, $machine, $arguments) = @_;
	my ($first, $last) = map { hex } $arguments =~ /--mem-min=0x([0-9a-f]+) --mem-max=0x([0-9a-f]+)/;
	my @low = whole_pages(within($machine->{steady}, $PAGE, 0xa0000));
	my @window = whole_pages(within($machine->{steady}, $first > $MIB ? $first : $MIB, $last + 1));
	my @ram = merged(spans grep { $_->{rest} eq 'RAM' } @{ $plan->{map} });
	my @rest = merged(spans grep { $_->{rest} ne 'RAM' } @{ $plan->{map} });
	my @broken;
	push @broken, 'the next kernel is told that ' . as_text(@ram) . ' is RAM'
		unless as_text(@ram) eq as_text(merged(@low, @window));
	push @broken, 'the next kernel is not told of ' . as_text($_)
		for without([@{ $machine->{other} }, @{ $machine->{ram} }], [merged(@ram, @rest, $rom_page)]);
	for my $segment (@{ $plan->{segments} }) {
		push @broken, as_text($segment->{span}) . ' is outside the window'
			unless holds(\@window, @{ $segment->{span} });
	}
	return @broken;
}

# The rules for a jump and a crash: $kept is the memory that the next kernel may use.
sub headers {
	my ($plan, $machine, $kept) = @_;
	my @outside = without([whole_pages(@{ $machine->{ram} })], $kept);
	my $segment = segment($plan, 'vmcore headers');
	my @broken;
	push @broken, 'no segment for the vmcore headers' unless $segment && $segment->{span}[0] == $plan->{headers}[0];
	push @broken, 'the headers are outside the window' unless holds($kept, @{ $plan->{headers} });
	push @broken, 'the headers are above 4 GiB' if $plan->{kernel} eq 'i386' && $plan->{headers}[1] > 4 * $GIB;
	push @broken, 'visible is ' . as_text(spans @{ $plan->{visible} }) . ', outside the window is ' . as_text(@outside)
		unless as_text(@outside) eq as_text(merged(spans @{ $plan->{visible} }));
	push @broken, 'elfcorehdr= does not name the headers'
		unless $plan->{cmdline} =~ sprintf('(^| )elfcorehdr=0x%x( |$)', $plan->{headers}[0]);
	return @broken;
}

sub jump_note {
	my ($plan) = @_;
	my ($entry) = $plan->{headers_remark} =~ /entry goes to 0x([0-9a-f]+)/;
	return 'the note\'s entry is outside the headers'
		if !$entry || hex($entry) < $plan->{headers}[0] || hex($entry) + 8 > $plan->{headers}[1];
	return;
}

# Nothing is loaded but where the kernel lets a crash kernel be, which is the high region if there are
# two (kernel/kexec_core.c: crashk_res); it gets all reserved memory, and low memory, and no other.
sub crash {
	my ($plan, $machine, $arguments) = @_;
	my @low = whole_pages(within($machine->{ram}, $PAGE, 0xa0000));
	my $region = $machine->{crash}[-1];
	my $kept = [merged(@low, @{ $machine->{crash_memory} })];
	my $headers = segment($plan, 'vmcore headers');
	my @broken;
	return ($kept, 'no region is reserved') unless $region;
	for my $segment (@{ $plan->{segments} }) {
		push @broken, "$segment->{rest} is outside the region " . as_text($region)
			unless holds([$region], @{ $segment->{span} });
	}
	push @broken, 'the crash kernel\'s memory is ' . as_text(spans @{ $plan->{crash} })
		unless as_text(spans @{ $plan->{crash} }) eq as_text(@{ $machine->{crash_memory} });
	push @broken, 'the crash kernel would reserve memory itself' if $plan->{cmdline} =~ /(^| )crashkernel=/;
	my $notes = @{ $machine->{notes} };
	push @broken, "there are $notes notes" unless $plan->{headers_remark} =~ /, $notes notes$/;
	for my $note (@{ $machine->{notes} }) {
		push @broken, 'the note ' . as_text($note) . ' is not visible'
			unless holds([merged(spans @{ $plan->{visible} })], @$note);
	}
	# A program header each, and the file's header.
	my ($size) = $headers->{rest} =~ / (\d+) bytes/;
	my $bits = $arguments =~ /--elf(32|64)-/ ? $1 : $plan->{kernel} eq 'i386' ? 32 : 64;
	my $count = int($bits == 32 ? ($size - 52) / 32 : ($size - 64) / 56);
	push @broken, "$count program headers" if $count < $notes + @{ $plan->{visible} };
	if ($arguments =~ /--hotplug/) {
		push @broken, 'no room for hotplug'
			if $headers->{span}[1] - $headers->{span}[0] < ($machine->{hotplug_room} || 1);
		push @broken, 'headers that will change are in the digest' if $headers->{rest} !~ /not digested/;
	}
	return ($kept, @broken);
}

# A kernel is entered with the levels of page tables that are in use (XLF_5LEVEL), and with four of its own
# (XLF_5LEVEL_ENABLED, no5lvl) it can address 64 TiB only.
sub levels {
	my ($plan, $kernel) = @_;
	my @broken;
	push @broken, 'the kernel dies at its 64-bit entry, with five levels of page tables'
		if $plan->{wide} && $plan->{five_levels} && !($kernel->{flags} & 0x20);
	return @broken if $kernel->{flags} & 0x40 && $plan->{cmdline} !~ /(^| )no5lvl( |$)/;
	for my $segment (map { segment($plan, $_) // () } 'kernel', 'parameters', 'initrd') {
		push @broken, "$segment->{rest} is above 64 TiB" if $segment->{span}[0] >= 64 * 1024 * $GIB;
	}
	return @broken;
}

# $wide: entered in 64-bit mode and able to be above 4 GiB.
sub linux_kernel_place {
	my ($plan, $kernel, $wide, $start, $end) = @_;
	my @broken;
	push @broken, 'the kernel is not aligned' if $kernel->{relocatable} && $start % $kernel->{align};
	push @broken, 'the kernel is below its preferred address' if $start < $kernel->{preferred};
	push @broken, 'the kernel cannot be moved and is' if !$kernel->{relocatable} && $start != $kernel->{preferred};
	push @broken, 'the kernel has no room for init_size' if $end - $start < $kernel->{init_size};
	push @broken, 'the kernel is above 4 GiB' if !$wide && $start + $kernel->{init_size} > 4 * $GIB;
	push @broken, 'the target is not in the kernel'
		if !$plan->{real_mode} && ($plan->{target} < $start || $plan->{target} >= $end);
	return @broken;
}

# Documentation/arch/x86/boot.rst
sub linux_places {
	my ($plan, $kernel, $is_jump) = @_;
	my $place = segment($plan, 'kernel');
	my $initrd = segment($plan, 'initrd');
	my $wide = ($kernel->{flags} & 3) == 3 && $plan->{wide};
	my @broken;
	return 'no segment for the kernel' unless $place || ($plan->{real_mode} && !$kernel->{body});
	push @broken, linux_kernel_place($plan, $kernel, $wide, @{ $place->{span} }) if $place;
	push @broken, 'the initrd is above initrd_addr_max'
		if $initrd && !$wide && $initrd->{span}[0] > $kernel->{initrd_max};
	push @broken, levels($plan, $kernel);
	push @broken, 'no segment for parameters' unless $plan->{real_mode} || segment($plan, 'parameters');
	push @broken, 'words of the running kernel\'s boot are on the command line'
		if $plan->{cmdline} =~ /BOOT_IMAGE=|kexec_jump_back_entry=|elfcorehdr=.*elfcorehdr=/;
	my $room = $is_jump ? length(' kexec_jump_back_entry=0x') + 16 : 0;
	push @broken, 'the command line is too long' if length($plan->{cmdline}) + $room > $kernel->{cmdline_size};
	return @broken;
}

sub entry {
	my ($plan, $is_jump, $is_helper, $is_crash, $arguments) = @_;
	my $start = segment($plan, $is_helper ? 'gate' : 'purgatory');
	my $arch = $plan->{kernel} eq 'x86_64' ? 62 : 3;
	my $flags = ($is_jump ? 2 : 0) | ($is_crash ? 1 : 0) | ($arguments =~ /--hotplug/ ? 4 : 0);
	my @broken;
	push @broken, 'the entry is not where it has to be' unless $start && $plan->{entry} == $start->{span}[0];
	# If paging is turned off there, or the gate is used.
	push @broken, 'the entry code is above 4 GiB'
		if $start && $start->{span}[1] > 4 * $GIB && !($is_crash && $plan->{wide});
	push @broken, 'the flags are wrong' unless $plan->{flags} == ($arch << 16 | $flags);
	push @broken, 'a jump without the GDT of CPU 0' if $is_jump && !$plan->{gdt};
	push @broken, 'more than 4 GiB is out of reach'
		if $arch == 3 && grep { $_->{span}[1] > 4 * $GIB } @{ $plan->{segments} };
	return @broken;
}

# A program is called on A's side: its memory and low memory are kept.
sub program {
	my ($plan, $machine, $is_jump) = @_;
	my @low = whole_pages(within($machine->{ram}, $PAGE, 0xa0000));
	my @covered = merged(spans @{ $plan->{segments} });
	my @broken;
	push @broken, 'no segment for the program' unless segment($plan, 'program');
	push @broken, 'no gate' if $is_jump && !segment($plan, 'gate');
	push @broken, 'low memory is not kept' if $is_jump && without(\@low, \@covered);
	return @broken;
}

# A saved kernel is entered by the gate, which its memory leaves room for.
sub saved_kernel {
	my ($plan) = @_;
	my $gate = segment($plan, 'gate');
	return 'no segment for the gate' unless $gate;
	return 'the target is not the gate' unless $plan->{target} >= $gate->{span}[0] && $plan->{target} < $gate->{span}[1];
	return;
}

sub broken_by_plan {
	my ($text, $folder, $arguments) = @_;
	my ($plan, $machine) = (parse($text), machine($folder));
	my $is_helper = $arguments =~ /--load-jump-back-helper|-b\b/;
	my $is_jump = $is_helper || $arguments =~ /--load-preserve-context|--load-jump-back|-p -n/;
	my $is_crash = !$is_jump && $arguments =~ /-p\b|--load-panic/;
	my ($path) = $arguments =~ m{(boot/\S+)};
	my $kernel = $is_helper ? undef : bzimage("$folder/$path");
	my @broken = kernel_limits($plan, $machine);

	$plan->{five_levels} = slurp("$folder/proc/kcore", 65536) =~ /^NUMBER\(pgtable_l5_enabled\)=1$/m;
	$plan->{wide} = $text =~ /^target .*, 64 bit/m;
	push @broken, entry($plan, $is_jump, $is_helper, $is_crash, $arguments);
	if ($is_jump && $plan->{window}) {
		my ($kept, @more) = window_is_covered($plan, $machine);
		push @broken, @more;
		push @broken, memory_map($plan, $machine, $kept), headers($plan, $machine, $kept), jump_note($plan)
			if $plan->{headers};
	}
	if ($is_crash) {
		my ($kept, @more) = crash($plan, $machine, $arguments);
		push @broken, @more, memory_map($plan, $machine, $kept), headers($plan, $machine, $kept);
	} elsif ($arguments =~ /--confine/) {
		push @broken, confined_memory_map($plan, $machine, $arguments);
	} elsif ($arguments =~ /--real-mode/) {
		$plan->{real_mode} = 1;
		push @broken, real_mode($plan, $machine);
	} elsif (!$is_jump && defined $plan->{cmdline}) {
		push @broken, whole_memory_map($plan, $machine);
	}
	push @broken, 'a jump to a kernel without a window' if $is_jump && $plan->{cmdline} && !$plan->{headers};
	push @broken, linux_places($plan, $kernel, $is_jump) if $kernel;
	if (segment($plan, 'saved memory')) {
		push @broken, saved_kernel($plan);
	} elsif (!$kernel && !defined $plan->{cmdline} && !$is_helper) {
		push @broken, program($plan, $machine, $is_jump);
	}
	return @broken;
}

# An error is one line with a reason, without a plan.
sub broken_by_error {
	my ($text) = @_;
	my (undef, $status, @lines) = split /\n/, $text;
	my @broken;
	push @broken, "the status is \"$status\"" unless $status eq 'exit 1';
	push @broken, 'it is not one line' unless @lines == 1;
	push @broken, 'it does not begin with the program\'s name' unless @lines && $lines[0] =~ /^kexec: \S/;
	return @broken;
}

1;
