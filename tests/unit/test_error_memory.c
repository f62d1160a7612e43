/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"

static void test_errors(void)
{
	struct error *error = error_new("cannot load %s: %d bytes too many", "it", 7);

	is_text(error_text(error), "cannot load it: 7 bytes too many", "an error has its text");
	is_u64((uint64_t)error_errno_value(error), 0, "and no errno value");
	error = error_prefix(error, "kernel \"%s\"", "a%sb");
	error = error_prefix(error, "plan");
	is_text(error_text(error), "plan: kernel \"a%sb\": cannot load it: 7 bytes too many",
		"context goes in front, and is not taken for a format");
	error_free(error);

	error = error_errno(ENOENT, "cannot open \"%s\"", "x");
	is_text(error_text(error), "cannot open \"x\": No such file or directory", "an errno value is put into words");
	error = error_prefix(error, "initrd");
	is_u64((uint64_t)error_errno_value(error), ENOENT, "and kept when context is added");
	error_free(error);

	ok(!error_prefix(NULL, "nothing"), "no error stays none");
	error_free(NULL);
}

static void test_growing(void)
{
	size_t capacity = 0;
	uint32_t *items = xgrow(NULL, &capacity, 0, sizeof(*items));

	ok(items, "an array of nothing is there");
	for (uint32_t i = 0; i < 1000; i++) {
		items = xgrow(items, &capacity, i + 1, sizeof(*items));
		items[i] = i;
	}
	bool same = true;
	for (uint32_t i = 0; i < 1000; i++)
		same = same && items[i] == i;
	ok(same && capacity >= 1000, "an array keeps its items when it grows");

	size_t before = capacity;
	uint32_t *as_it_was = xgrow(items, &capacity, 10, sizeof(*items));
	ok(as_it_was == items && capacity == before, "it does not shrink, and does not move without need");
	free(items);
}

/* The status and the words of a child that asks for more than there can be. */
static void test_no_memory(void)
{
	int words[2], status = 0;
	char text[100] = "";

	if (pipe(words) < 0)
		return;
	pid_t child = fork();
	if (child == 0) {
		size_t capacity = 0;

		dup2(words[1], 2);
		xgrow(NULL, &capacity, SIZE_MAX / 4, 16);
		_exit(0);
	}
	close(words[1]);
	ok(read(words[0], text, sizeof(text) - 1) > 0 && strstr(text, "out of memory"),
	   "a size that overflows is out of memory");
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1, "and ends the program with status 1");
	close(words[0]);
}

static void test_texts(void)
{
	AUTO_FREE char *whole = xstrdup("abcdef"), *part = xstrndup("abcdef", 3), *made = xasprintf("%d-%s", 5, "x");
	AUTO_FREE uint8_t *zeros = xcalloc(0, 0);

	is_text(whole, "abcdef", "a copy of a text");
	is_text(part, "abc", "a copy of a part of it");
	is_text(made, "5-x", "a formatted text");
	ok(zeros, "no bytes are somewhere");
}

static void test_bytes(void)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct bytes bytes = { data, sizeof(data) }, none = { NULL, 0 }, part = { NULL, 77 };

	ok(bytes_contain(bytes, 0, 9) && bytes_contain(bytes, 9, 0) && bytes_contain(none, 0, 0),
	   "all of it, and nothing at its end, is contained");
	ok(!bytes_contain(bytes, 9, 1) && !bytes_contain(bytes, 10, 0) && !bytes_contain(bytes, 1, UINT64_MAX) &&
		   !bytes_contain(bytes, UINT64_MAX, 1) && !bytes_contain(bytes, UINT64_MAX, UINT64_MAX),
	   "one more is not, and nothing overflows");
	ok(!bytes_part(bytes, 5, 5, &part) && part.size == 77, "a part that is not there leaves the output alone");
	ok(bytes_part(bytes, 5, 4, &part) && part.data == data + 5 && part.size == 4, "a part that is there");
	ok(bytes_part(none, 0, 0, &part) && part.size == 0, "a part of nothing");
	is_u64(bytes_u16(bytes, 7), 0x0908, "16 bits at the end");
	is_u64(bytes_u32(bytes, 5), 0x09080706, "32 bits, unaligned");
	is_u64(bytes_u64(bytes, 1), 0x0908070605040302, "64 bits, unaligned");
	ok(bytes_u16(bytes, 8) == 0 && bytes_u32(bytes, 6) == 0 && bytes_u64(bytes, 2) == 0, "0 where they are not there");
}

int main(void)
{
	test_errors();
	test_growing();
	test_no_memory();
	test_texts();
	test_bytes();
	return tap_done();
}
