/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* getopt_long returns the character of a short option, and of a long one this plus its place in the table. */
#define LONG_OPTION 256

void text_list_add(struct text_list *list, const char *text)
{
	list->items = xgrow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = text;
}

void text_list_deinit(struct text_list *list)
{
	free(list->items);
	*list = (struct text_list){ 0 };
}

static void make_getopt_tables(const struct option_program *program, char **ret_short, struct option **ret_long)
{
	char *shorts = xcalloc(2 * program->entry_count + 2, 1);
	struct option *longs = xcalloc(program->entry_count + 1, sizeof(*longs));

	*ret_short = shorts;
	*ret_long = longs;
	/* '+' is not used: options may follow other words. ':' asks for "missing argument". */
	*shorts++ = ':';
	for (size_t i = 0; i < program->entry_count; i++) {
		const struct option_entry *entry = &program->entries[i];

		if (entry->letter)
			*shorts++ = entry->letter;
		if (entry->letter && entry->argument)
			*shorts++ = ':';
		if (entry->name)
			*longs++ = (struct option){ entry->name, entry->argument ? required_argument : no_argument, NULL,
						    LONG_OPTION + (int)i };
	}
}

/* The entry of a result of getopt_long; NULL if there is none. */
static const struct option_entry *find_entry(const struct option_program *program, int id)
{
	if (id >= LONG_OPTION)
		return &program->entries[id - LONG_OPTION];
	for (size_t i = 0; i < program->entry_count; i++)
		if (program->entries[i].letter && program->entries[i].letter == id)
			return &program->entries[i];
	return NULL;
}

/* optopt: 0 for an unknown long option, else the value that getopt_long would have returned. */
static struct error *getopt_error(const struct option_program *program, int result, char **argv)
{
	/* Of a long option. In the middle of "-abc" getopt has not reached the next word yet. */
	const char *word = argv[optind - 1];

	if (!optopt)
		return error_new("option %s is not known, or is not unique; see --help", word);
	if (!find_entry(program, optopt))
		return error_new("option -%c is not known; see --help", optopt);
	if (result != ':')
		return error_new("option %s takes no argument", word);
	if (optopt < LONG_OPTION)
		return error_new("option -%c needs an argument", optopt);
	return error_new("option %s needs an argument", word);
}

/* The spelling that --help describes. */
static const char *main_name(const struct option_entry *entry)
{
	while (!entry->help)
		entry--;
	return entry->name;
}

static struct error *apply(const struct option_entry *entry, const char *argument)
{
	/* A second one would silently replace the first. */
	if (entry->text && entry->once && *entry->text)
		return error_new("--%s was given twice", main_name(entry));
	if (entry->text)
		*entry->text = argument;
	if (entry->flag)
		*entry->flag = true;
	if (entry->list)
		text_list_add(entry->list, argument);
	return entry->apply ? entry->apply(entry, argument) : NULL;
}

struct error *options_parse(const struct option_program *program, int argc, char **argv,
			    struct option_words *ret_words)
{
	AUTO_FREE char *short_options = NULL;
	AUTO_FREE struct option *long_options = NULL;
	const struct option_entry *refused = NULL;
	int id;

	make_getopt_tables(program, &short_options, &long_options);
	optind = 0;
	opterr = 0;
	while ((id = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (id == '?' || id == ':')
			return getopt_error(program, id, argv);

		const struct option_entry *entry = find_entry(program, id);

		if (entry->asks) {
			*ret_words = (struct option_words){ .asked = entry->asks };
			return NULL;
		}
		if (entry->refused && !refused)
			refused = entry;

		struct error *error = apply(entry, optarg);

		if (error)
			return error;
	}
	if (refused)
		return error_new("--%s %s", refused->name, refused->refused);
	*ret_words = (struct option_words){ .count = (size_t)(argc - optind), .items = argv + optind };
	return NULL;
}

/* "-t, --type=TYPE", "    --append=TEXT", "-n"; heap. */
static char *spelling(const struct option_entry *entry)
{
	const char *assign = entry->argument ? "=" : "";
	const char *argument = entry->argument ? entry->argument : "";

	if (!entry->name)
		return xasprintf("-%c", entry->letter);
	if (!entry->letter)
		return xasprintf("    --%s%s%s", entry->name, assign, argument);
	return xasprintf("-%c, --%s%s%s", entry->letter, entry->name, assign, argument);
}

static int widest_spelling(const struct option_program *program)
{
	size_t width = 0;

	for (size_t i = 0; i < program->entry_count; i++) {
		AUTO_FREE char *text = spelling(&program->entries[i]);

		if (strlen(text) > width)
			width = strlen(text);
	}
	return (int)width;
}

void options_print_help(const struct option_program *program, FILE *to)
{
	int width = widest_spelling(program);

	fprintf(to, "%s\n", program->usage);
	for (size_t i = 0; i < program->entry_count; i++) {
		const struct option_entry *entry = &program->entries[i];
		AUTO_FREE char *left = spelling(entry);
		const char *rest = entry->help ? entry->help : "the same", *end;

		fprintf(to, "  %-*s  ", width, left);
		for (; (end = strchr(rest, '\n')); rest = end + 1)
			fprintf(to, "%.*s\n%*s", (int)(end - rest), rest, width + 4, "");
		fprintf(to, "%s\n", rest);
	}
}

struct error *options_parse_or_answer(const struct option_program *program, int argc, char **argv,
				      struct option_words *ret_words)
{
	struct error *error = options_parse(program, argc, argv, ret_words);

	if (!error && ret_words->asked == OPTION_ASKS_HELP)
		options_print_help(program, stdout);
	else if (!error && ret_words->asked == OPTION_ASKS_VERSION)
		printf("%s (kexec-jump) %s\n", program->name, PACKAGE_VERSION);
	return error;
}

struct error *option_number(const struct option_entry *entry, const char *argument, uint64_t limit,
			    uint64_t *ret_value)
{
	uint64_t value;

	if (!parse_number(argument, &value))
		return error_new("--%s \"%s\" is not a number (0x… for hexadecimal; K, M, G may follow)", entry->name,
				 argument);
	if (value > limit)
		return error_new("--%s %s is too large", entry->name, argument);
	*ret_value = value;
	return NULL;
}
