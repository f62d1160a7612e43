/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of kexec: words with a NUL after each. */
#include "kexec/plan/request.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 64

static void check(const struct request *request)
{
	/* What only tells something looks no further. */
	if (request->actions & (ACTION_HELP | ACTION_VERSION | ACTION_STATUS | ACTION_PRINT_REGION_SIZE))
		return;
	REQUIRE(request->actions);
	REQUIRE(!(request->actions & ACTION_LOAD) || request->kernel || request->kind == LOAD_JUMP_BACK_HELPER);
	REQUIRE(request->has_mem_min || !request->mem_min);
	REQUIRE(request->has_mem_max || request->mem_max == UINT64_MAX);
	REQUIRE(request->root);
	(void)request_kexec_load_option(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_REQUEST struct request request = { 0 };
	AUTO_FREE char *text = fuzz_text(data, size);
	char *argv[WORDS_MAX + 2] = { (char *)"kexec" };
	int argc = 1;

	for (char *word = text; word < text + size && argc <= WORDS_MAX; word += strlen(word) + 1)
		argv[argc++] = word;
	struct error *error = request_parse(argc, argv, &request);

	if (!error)
		check(&request);
	error_free(error);
	return 0;
}
