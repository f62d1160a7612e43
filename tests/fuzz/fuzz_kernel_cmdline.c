/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel command lines: the first line of the input is a name or another command line, the rest the command line. */
#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/machine/kernel_cmdline.h"
#include "purgatory/cmdline_split.h"
#include "tests/fuzz/fuzz.h"

/* All words: parameters, and arguments of init. */
struct words {
	struct cmdline_word *items; /* owned */
	size_t count, capacity;
	size_t parameter_count;
};

static struct words words_of(const char *text)
{
	struct words words = { 0 };
	struct cmdline_word word;
	bool behind = false;

	for (size_t at = 0; cmdline_word_at(text, at, &word); at = word.end) {
		REQUIRE(word.start >= at && word.start < word.end && word.end <= strlen(text));
		REQUIRE(word.name_start >= word.start && word.name_end >= word.name_start && word.name_end <= word.end);
		REQUIRE(word.value_start >= word.name_end && word.value_end >= word.value_start &&
			(word.value_end <= word.end || word.value_end == word.value_start));
		REQUIRE(!word.unclosed || !text[word.end]);
		behind = behind || cmdline_word_is_separator(text, &word);
		words.parameter_count += !behind;
		words.items = xgrow(words.items, &words.capacity, words.count + 1, sizeof(*words.items));
		words.items[words.count++] = word;
	}
	return words;
}

static bool same_word(const char *a, const struct cmdline_word *in_a, const char *b, const struct cmdline_word *in_b)
{
	size_t length = in_a->end - in_a->start;

	return in_b->end - in_b->start == length && !memcmp(a + in_a->start, b + in_b->start, length);
}

/* The jump-back entry is put in: it is the one parameter of that name, and every other word is where it was. */
static void check_insert(const char *before)
{
	size_t size = strlen(before) + JUMP_BACK_ENTRY_ROOM + 1, at = 0;
	AUTO_FREE char *after = xcalloc(size, 1);
	struct words old = words_of(before), new;
	uint64_t entry = 0;

	memcpy(after, before, strlen(before));
	REQUIRE(cmdline_entry_insert(after, size, SPAN_ADDRESS_END - 1));
	REQUIRE(!cmdline_jump_back_entry(after, &entry) && entry == SPAN_ADDRESS_END - 1);
	new = words_of(after);
	for (size_t i = 0; i < new.count; i++) {
		if (i < new.parameter_count && cmdline_word_is(after, &new.items[i], JUMP_BACK_ENTRY_KEY))
			continue;
		while (at < old.parameter_count && cmdline_word_is(before, &old.items[at], JUMP_BACK_ENTRY_KEY))
			at++;
		REQUIRE(at < old.count && same_word(before, &old.items[at], after, &new.items[i]));
		at++;
	}
	free(old.items);
	free(new.items);
}

static size_t count_unclosed(const char *text)
{
	struct words words = words_of(text);
	bool unclosed = words.count && words.items[words.count - 1].unclosed;

	free(words.items);
	return unclosed;
}

/* All parameters of both are parameters of the joined line, all arguments its arguments. */
static void check_join(const char *first, const char *second)
{
	AUTO_FREE char *joined = cmdline_join(first, second);
	struct words a = words_of(first), b = words_of(second), both = words_of(joined);

	REQUIRE(both.parameter_count == a.parameter_count + b.parameter_count);
	/* The separator is one word more in each. */
	REQUIRE(both.count == a.count + b.count - (a.count > a.parameter_count && b.count > b.parameter_count));
	REQUIRE(count_unclosed(joined) <= count_unclosed(first) + count_unclosed(second));
	free(a.items);
	free(b.items);
	free(both.items);
}

static void check_word(const char *cmdline, const char *name)
{
	AUTO_FREE char *value = NULL;
	AUTO_FREE char *left = NULL;
	AUTO_FREE char *none = NULL;
	AUTO_FREE char *found = NULL;
	AUTO_FREE char *word = xasprintf("%s=1", name);
	AUTO_FREE char *with = cmdline_override(cmdline, word);
	unsigned int count = cmdline_find(cmdline, name, &value);

	REQUIRE(!count == !value);
	left = cmdline_without(cmdline, (const char *const[]){ name, NULL });
	REQUIRE(strlen(left) <= strlen(cmdline));
	REQUIRE(!cmdline_find(left, name, &none));
	REQUIRE(cmdline_find(with, name, &found) == 1 && !strcmp(found, "1"));
}

static void check_entry(struct error *error, uint64_t entry)
{
	REQUIRE(error || (entry >= PAGE_SIZE_BYTES && entry < SPAN_ADDRESS_END));
	error_free(error);
}

/* What can be a name: one word without quotes, and not the separator. */
static bool is_name(const char *text)
{
	struct cmdline_word word;

	return *text && !strpbrk(text, "\"=") && cmdline_parameter_at(text, 0, &word) && word.start == 0 && !text[word.end];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = fuzz_text(data, size);
	char *cmdline = strchr(text, '\n');
	uint64_t entry = 0;

	if (!cmdline)
		return 0;
	*cmdline++ = '\0';
	check_word(cmdline, JUMP_BACK_ENTRY_KEY);
	if (is_name(text))
		check_word(cmdline, text);
	check_insert(cmdline);
	check_join(text, cmdline);

	struct error *error = cmdline_jump_back_entry(cmdline, &entry);
	check_entry(error, entry);
	error = jump_back_entry_parse(text, "--entry", &entry);
	check_entry(error, entry);
	return 0;
}
