/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkmark used|refused FILE
 *
 * Does to the khimage in FILE what krestore does around a jump by placement: marks it as used, or takes the mark back
 * when the placing program has refused.
 */
#include <stdio.h>
#include <string.h>

#include "lib/khimage/khimage.h"

#define TOKEN UINT64_C(0x123456789abcdef)

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: mkmark used|refused FILE\n");
		return 2;
	}
	return error_report(!strcmp(argv[1], "used") ? khimage_set_used(argv[2], &(struct khimage_times){ 0 }, TOKEN) :
						       khimage_set_state(argv[2], KHIMAGE_COMMITTED), "mkmark");
}
