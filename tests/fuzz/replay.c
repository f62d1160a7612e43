/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: replay_TARGET FILE-OR-FOLDER...
 *
 * Gives each file to the fuzz target it is linked with; a target that finds
 * something aborts. The fuzzer's options (-runs=…) are ignored.
 */
#include <dirent.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "tests/fuzz/fuzz.h"

/* From a copy of exactly its size, so that a sanitizer sees one byte too many. */
static void run_bytes(const char *text, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	REQUIRE(copy);
	memcpy(copy, text, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int run_file(const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;

	/* read_small_file wants a folder and a path below it. */
	struct error *error = path[0] == '/' ? read_small_file("/", path, &text, &size) :
					       read_small_file(".", path, &text, &size);
	if (error) {
		fprintf(stderr, "%s\n", error_text(error));
		error_free(error);
		return 1;
	}
	run_bytes(text, size);
	return 0;
}

static int run_folder(const char *path, DIR *folder)
{
	struct dirent *entry;
	int failed = 0;

	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		AUTO_FREE char *below = path_below(path, entry->d_name);
		failed |= run_file(below);
	}
	closedir(folder);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = argv[i][0] == '-' ? NULL : opendir(argv[i]);

		if (folder)
			failed |= run_folder(argv[i], folder);
		else if (argv[i][0] != '-')
			failed |= run_file(argv[i]);
	}
	return failed;
}
