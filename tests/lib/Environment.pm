# SPDX-License-Identifier: GPL-2.0-only
#
# environment.sh for tests in Perl: without the environment of "make check" the test starts again with it.
package Environment;
use strict;
use warnings;
use File::Basename qw(dirname);

if (grep { !$ENV{$_} } qw(KEXEC srcdir builddir VERSION)) {
	exec('bash', '-c', '. "$1" && shift && exec "$@"', $0, dirname(__FILE__) . '/environment.sh', $^X, $0, @ARGV)
		or die "cannot start bash: $!\n";
}

1;
