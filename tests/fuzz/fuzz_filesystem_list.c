/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of file systems that a snapshot carries: what can be read can be written again, and is the same then. */
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/disk/filesystem_list.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct filesystem_list *list)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list again = { 0 }, changed = { 0 }, missing = { 0 };
	size_t size;
	AUTO_FREE uint8_t *desc = filesystem_list_build(list, &size);
	AUTO_FREE char *text = filesystem_list_text(list);

	REQUIRE(!filesystem_list_parse((struct bytes){ desc, size }, "snapshot", &again));
	filesystem_list_compare(list, &again, &changed, &missing);
	REQUIRE(again.count == list->count && !changed.count && !missing.count && text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 };
	struct error *error = filesystem_list_parse((struct bytes){ data, size }, "snapshot", &list);

	if (!error)
		check(&list);
	REQUIRE(!error || !list.count);
	error_free(error);
	return 0;
}
