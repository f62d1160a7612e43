/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/options.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"

/* A program with an option of each kind. */
struct settings {
	bool quiet, loud;
	const char *name, *only;
	struct text_list files;
	uint64_t number;
};

static struct error *set_number(const struct option_entry *entry, const char *argument)
{
	struct settings *settings = entry->context;

	return option_number(entry, argument, (uint64_t)entry->value, &settings->number);
}

static struct error *set_both(const struct option_entry *entry, const char *argument)
{
	struct settings *settings = entry->context;

	settings->loud = !argument;
	return NULL;
}

static struct error *parse(struct settings *settings, struct option_words *ret_words, char **argv)
{
	const struct option_entry entries[] = {
		{ 'q', "quiet", NULL, "less", .flag = &settings->quiet },
		{ 'b', NULL, NULL, "both", .flag = &settings->quiet, .apply = set_both, .context = settings },
		{ 'n', "name", "TEXT", "a name", .text = &settings->name },
		{ 0, "only", "TEXT", "once", .text = &settings->only, .once = true },
		{ 0, "sole", "TEXT", NULL, .text = &settings->only, .once = true },
		{ 'f', "file", "FILE", "a file", .list = &settings->files },
		{ 0, "number", "N", "a number", .apply = set_number, .context = settings, .value = 100 },
		{ 0, "new", NULL, "not supported", .refused = "is not supported: it is new" },
		OPTION_HELP,
		OPTION_VERSION('V'),
	};
	const struct option_program program = { "program", "Usage: program\n", entries, ARRAY_COUNT(entries) };
	int argc = 0;

	while (argv[argc])
		argc++;
	*settings = (struct settings){ 0 };
	return options_parse(&program, argc, argv, ret_words);
}

#define ARGV(...) ((char *[]){ (char *)"program", ##__VA_ARGS__, NULL })
#define W(text) ((char *)(text))

static void test_values(void)
{
	struct settings settings;
	struct option_words words = { .count = 9 };
	struct error *error = parse(&settings, &words, ARGV(W("-qf"), W("a"), W("word"), W("--file=b"), W("-nc"), W("--number=0x10"),
							    W("--only"), W("o"), W("--name=last"), W("--"), W("-x")));

	ok(!error && settings.quiet && !settings.loud, "a flag is set, another is not");
	ok(settings.files.count == 2 && !strcmp(settings.files.items[0], "a") && !strcmp(settings.files.items[1], "b"),
	   "a list has all arguments in order");
	is_text(settings.name, "last", "of a text the last one counts");
	is_text(settings.only, "o", "a text that is given once is set");
	is_u64(settings.number, 16, "a function gets the argument");
	ok(words.count == 2 && !strcmp(words.items[0], "word") && !strcmp(words.items[1], "-x") && !words.asked,
	   "the other words are left, also those behind --");
	text_list_deinit(&settings.files);
	error = parse(&settings, &words, ARGV(W("-b")));
	ok(!error && settings.quiet && settings.loud && !words.count, "a flag, and a function that gets no argument");
	error = parse(&settings, &words, ARGV());
	ok(!error && !settings.quiet && !words.count, "no words at all");
}

static void test_questions(void)
{
	struct settings settings;
	struct option_words words;
	struct error *error = parse(&settings, &words, ARGV(W("-q"), W("x"), W("--help"), W("--none")));

	ok(!error && words.asked == OPTION_ASKS_HELP && !words.count, "--help: what follows is not looked at");
	error = parse(&settings, &words, ARGV(W("--new"), W("-V")));
	ok(!error && words.asked == OPTION_ASKS_VERSION, "a question is answered though an option is refused");
}

static void test_errors(void)
{
	static const struct {
		const char *words[3];
		const char *error;
	} cases[] = {
		{ { "-qZ" }, "option -Z is not known; see --help" },
		{ { "--nothing" }, "option --nothing is not known, or is not unique; see --help" },
		{ { "--n" }, "option --n is not known, or is not unique; see --help" },
		{ { "--quiet=1" }, "option --quiet=1 takes no argument" },
		{ { "--file" }, "option --file needs an argument" },
		{ { "-qf" }, "option -f needs an argument" },
		{ { "--only=1", "--sole=2" }, "--only was given twice" },
		{ { "--number=x" }, "--number \"x\" is not a number (0x… for hexadecimal; K, M, G may follow)" },
		{ { "--number=101" }, "--number 101 is too large" },
		{ { "--new", "-q" }, "--new is not supported: it is new" },
		{ { "--new", "-Z" }, "option -Z is not known; see --help" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct settings settings;
		struct option_words words = { .count = 9 };
		struct error *error = parse(&settings, &words, ARGV(W(cases[i].words[0]), W(cases[i].words[1])));

		is_text(error ? error_text(error) : "", cases[i].error, "%s is refused", cases[i].words[0]);
		ok(words.count == 9, "and the words are untouched");
		error_free(error);
	}
}

static void test_help(void)
{
	static const struct option_entry entries[] = {
		{ 'q', "quiet", NULL, "less,\nmuch less", .value = 0 },
		{ 0, "name", "TEXT", "a name", .value = 0 },
		{ 0, "call", "TEXT", NULL, .value = 0 },
		{ 'n', NULL, NULL, "old", .value = 0 },
	};
	const struct option_program program = { "program", "Usage: program\n", entries, ARRAY_COUNT(entries) };
	AUTO_FREE char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	options_print_help(&program, file);
	fclose(file);
	is_text(text, "Usage: program\n\n"
		      "  -q, --quiet      less,\n"
		      "                   much less\n"
		      "      --name=TEXT  a name\n"
		      "      --call=TEXT  the same\n"
		      "  -n               old\n",
		"--help: a line for each entry, texts in one column");
}

int main(void)
{
	test_values();
	test_questions();
	test_errors();
	test_help();
	return tap_done();
}
