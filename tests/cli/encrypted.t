#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel whose memory the processor encrypts: what runs between two kernels could not read it, so nothing jumps.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
begin la57

# A line of VMCOREINFO in the place of another one of the same length; the file is sparse and large.
put_line() {
	perl -e 'open my $file, "+<:raw", shift or die; my ($from, $to) = @ARGV; read $file, my $head, 1 << 16;
		my $at = index $head, $from; die if $at < 0; seek $file, $at, 0; print {$file} $to' \
		"$machine/proc/kcore" "$1" "$2"
}

put_line 'NUMBER(pgtable_l5_enabled)=1' 'NUMBER(sme_mask)=14073748835'
refused 'a jump with AMD SME or SEV' 'encrypts .*AMD SME.*mem_encrypt=off' --load-preserve-context "$kernel"
refused 'its plan' 'encrypts .*AMD SME' --dry-run --root="$machine" --load-preserve-context "$kernel"
does 'an ordinary load does not matter' 'kexec_load ' -l -c "$kernel"
put_line 'NUMBER(sme_mask)=14073748835' 'NUMBER(sme_mask)=00000000000'
kexec --load-preserve-context "$kernel"
[[ $errors != *encrypts* ]]
ok $? 'a kernel that could have it, and has not' || show
put_line 'NUMBER(sme_mask)=00000000000' 'NUMBER(pgtable_l5_enabled)=1'

printf 'processor\t: 0\nflags\t\t: fpu tdx_guest lm\n' >"$machine/proc/cpuinfo"
refused 'a jump of a guest of Intel TDX' 'guest of Intel TDX' --load-preserve-context "$kernel"
printf 'processor\t: 0\nflags\t\t: fpu tdx_guest_host lm\n' >"$machine/proc/cpuinfo"
does 'another flag' 'kexec_load .*flags=0x3e0002' --load-preserve-context "$kernel"
finish
