/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/option_error.h"

#include <getopt.h>
#include <stdbool.h>
#include <string.h>

/* Whether a word is short options, among them this one. */
static bool has_short(const char *word, int option)
{
	return word && word[0] == '-' && word[1] != '-' && strchr(word, option);
}

struct error *option_error(char *const *argv)
{
	const char *word = argv[optind - 1];

	/* In the middle of "-abc" getopt has not gone on to the next word yet. */
	if (optopt && (has_short(word, optopt) || has_short(argv[optind], optopt)))
		return error_new("option -%c is not known or lacks its argument; see --help", optopt);
	return error_new("option %s is not known or lacks its argument; see --help", word);
}
