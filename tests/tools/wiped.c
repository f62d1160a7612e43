/* SPDX-License-Identifier: GPL-2.0-only */
/* usage: wiped FILE: makes a snapshot unreadable, as khibernate, which takes block devices only, does with wipe=yes. */
#include <stdio.h>

#include "lib/khimage/khimage.h"

int main(int argc, char **argv)
{
	struct error *error = argc == 2 ? khimage_wipe(argv[1]) : error_new("usage: wiped FILE");

	return error_report(error, "wiped");
}
