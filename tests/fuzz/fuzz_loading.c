/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is to be loaded for good, from what it is to the plan, with each style of arguments, on a machine with
 * 128 MiB. Of every plan that is made, what plan.h and the kernel promise each other is checked.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kexec/load/load.h"
#include "lib/base/alloc.h"
#include "tests/fuzz/fuzz.h"

static const struct {
	const char *path, *content;
} files[] = {
	{ "proc/sys/kernel/arch", "x86_64\n" },
	{ "proc/cmdline", "console=ttyS0\n" },
	{ "proc/meminfo", "MemTotal: 120000 kB\n" },
	{ "proc/iomem", "00001000-0009fbff : System RAM\n00100000-07ffffff : System RAM\n" },
};

static char *root, *kernel;
static int kernel_fd;

static void remove_root(void)
{
	AUTO_FREE char *command = xasprintf("rm -rf '%s'", root);

	if (system(command))
		fprintf(stderr, "cannot remove %s\n", root);
	free(kernel);
	free(root);
}

static int make_file(const char *path)
{
	for (const char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO_FREE char *folder = xstrndup(path, (size_t)(slash - path));

		mkdir(folder, 0777);
	}

	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	REQUIRE(fd >= 0);
	return fd;
}

static void make_root(void)
{
	const char *folder = getenv("TMPDIR");

	root = xasprintf("%s/kj-fuzz-loading.XXXXXX", folder ? folder : "/tmp");
	REQUIRE(mkdtemp(root));
	kernel = xasprintf("%s/kernel", root);
	atexit(remove_root);
	kernel_fd = make_file(kernel);
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", root, files[i].path);
		size_t size = strlen(files[i].content);
		int fd = make_file(path);

		REQUIRE(write(fd, files[i].content, size) == (ssize_t)size);
		close(fd);
	}
}

static void check(const struct loading *loading)
{
	const struct plan *plan = &loading->plan;
	uint64_t end = 0;

	REQUIRE(plan->count && plan->count <= PLAN_SEGMENT_MAX);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_segment *segment = &plan->segments[i];

		REQUIRE(!span_is_empty(segment->memory) && segment->memory.start >= end);
		REQUIRE((segment->memory.start | segment->memory.end) % PAGE_SIZE_BYTES == 0);
		REQUIRE(span_set_contains(&loading->machine.ram, segment->memory));
		REQUIRE(segment->data.size <= span_size(segment->memory));
		end = segment->memory.end;
	}
	REQUIRE(plan->entry == loading->purgatory_start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum args_style styles[] = { ARGS_DEFAULT, ARGS_NONE, ARGS_LINUX };

	if (!root)
		make_root();
	REQUIRE(!ftruncate(kernel_fd, 0) && pwrite(kernel_fd, data, size, 0) == (ssize_t)size);
	for (size_t i = 0; i < ARRAY_COUNT(styles); i++) {
		AUTO_LOADING struct loading loading = { 0 };
		struct request request = request_default();

		request.kernel = kernel;
		request.root = root;
		request.args = styles[i];
		request.dry_run = true;
		/* Without a digest, which takes the time of a hundred inputs. */
		request.no_checks = true;
		struct error *error = loading_init(&loading, &request);
		if (!error)
			check(&loading);
		error_free(error);
	}
	return 0;
}
