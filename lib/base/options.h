/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of a program, from one table: the options that getopt_long(3) accepts, the text of --help, and the
 * field that each option sets. The parsing function builds the table, so that an entry points to the field it sets,
 * and the compiler checks the field's type.
 */
#ifndef KJ_OPTIONS_H
#define KJ_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/error.h"

/* Arguments of an option that may be given several times, in order; the texts are borrowed. */
struct text_list {
	const char **items;
	size_t count, capacity;
};

void text_list_add(struct text_list *list, const char *text);
void text_list_deinit(struct text_list *list);

/* Options that end the parsing: the program prints help, its version, or a fact of its own, and does nothing else. */
enum option_question { OPTION_ASKS_NOTHING, OPTION_ASKS_HELP, OPTION_ASKS_VERSION, OPTION_ASKS_FACT };

struct option_entry {
	char letter;          /* of the short form; 0: long form only */
	const char *name;     /* of the long form; NULL: short form only */
	const char *argument; /* its name in --help; NULL: takes none */
	const char *help;     /* of one line or more; NULL: another spelling of the entry before it */

	enum option_question asks;
	bool *flag;              /* set to true; NULL: none */
	const char **text;       /* set to the argument, which is borrowed; NULL: none */
	bool once;               /* with `text`: an error if it is set already */
	struct text_list *list;  /* gets the argument; NULL: none */
	const char *refused;     /* known, but not supported: the error's text after the name; NULL: supported */
	/* For other effects; called last. `argument` is NULL for an option that takes none. */
	struct error *(*apply)(const struct option_entry *entry, const char *argument);
	void *context;           /* for `apply` */
	int value;               /* for `apply` */
};

#define OPTION_HELP { 'h', "help", NULL, "print this help", .asks = OPTION_ASKS_HELP }
#define OPTION_VERSION(letter) { letter, "version", NULL, "print the version", .asks = OPTION_ASKS_VERSION }

struct option_program {
	const char *name;
	const char *usage; /* what --help prints before the options; ends in a newline */
	const struct option_entry *entries;
	size_t entry_count;
};

/* The words of the command line that are no options, in order; borrowed from argv. */
struct option_words {
	enum option_question asked; /* if not OPTION_ASKS_NOTHING, there are no words */
	size_t count;
	char **items;
};

/*
 * Parses argv, permuted as by getopt_long(3), up to the first option that asks something. Errors: an option that is
 * unknown or ambiguous, a missing or unexpected argument, a refused option, the error of an entry's `apply`.
 */
struct error *options_parse(const struct option_program *program, int argc, char **argv,
			    struct option_words *ret_words);

/* The same; prints help or version on standard output if an option asks for it. */
struct error *options_parse_or_answer(const struct option_program *program, int argc, char **argv,
				      struct option_words *ret_words);

/* Prints the text of --help. */
void options_print_help(const struct option_program *program, FILE *to);

/* For `apply`: the argument, by parse_number. Errors, with the option's name: not a number, above `limit`. */
struct error *option_number(const struct option_entry *entry, const char *argument, uint64_t limit,
			    uint64_t *ret_value);

#endif
