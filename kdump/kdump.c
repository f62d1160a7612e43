/* SPDX-License-Identifier: GPL-2.0-only */
/* kdump(8): writes the memory of the kernel that /proc/vmcore shows to a file, a partition or a stream. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "config.h"
#include "core_file.h"
#include "core_write.h"
#include "filesystem_guard.h"
#include "free_pages.h"
#include "memory.h"
#include "size_text.h"

#include <elf.h>

struct options {
	const char *source;
	const char *output;
	bool exclude_free;
};

static void print_help(void)
{
	puts("Usage: kdump [OPTION]... FILE|DEVICE|-\n"
	     "Writes the memory that /proc/vmcore shows as an ELF core.\n\n"
	     "  -e, --exclude=free   leave free pages out\n"
	     "  -f, --from=FILE      of this ELF core in place of /proc/vmcore\n"
	     "  -h, --help           print this help\n"
	     "  -V, --version        print the version");
}

static struct error *parse_options(int argc, char **argv, struct options *options, bool *ret_done)
{
	static const struct option long_options[] = {
		{ "exclude", required_argument, NULL, 'e' }, { "from", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },	     { "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "e:f:hV", long_options, NULL)) != -1) {
		switch (option) {
		case 'e':
			if (strcmp(optarg, "free"))
				return error_new("--exclude=%s: only \"free\" is known", optarg);
			options->exclude_free = true;
			break;
		case 'f':
			options->source = optarg;
			break;
		case 'h':
			print_help();
			*ret_done = true;
			return NULL;
		case 'V':
			puts("kdump (kexec-jump) " PACKAGE_VERSION);
			*ret_done = true;
			return NULL;
		default:
			return error_new("option %s is not known or lacks its argument; see --help", argv[optind - 1]);
		}
	}
	if (argc - optind != 1)
		return error_new("one file, device or - (standard output) is needed; see --help");
	options->output = argv[optind];
	return NULL;
}

/*
 * Free memory in smaller pieces is written with its neighbours: a program
 * header and a seek for each would cost more (makedumpfile does the same).
 */
#define LEAST_HOLE_BYTES (256 * PAGE_SIZE_BYTES)

/* What is written: all the source holds, without what its kernel has free. */
static struct error *select_memory(const struct options *options, const struct core_file *source,
				   struct span_set *ret_memory)
{
	AUTO_SPAN_SET struct span_set free = { 0 };
	const struct arch *arch = source->elf.machine == EM_X86_64 ? &arch_x86_64 : &arch_i386;

	core_memory(source, ret_memory);
	if (!ret_memory->count)
		return error_new("%s holds no memory", source->path);
	if (!options->exclude_free)
		return NULL;

	struct error *error = free_pages_find(source, arch, &free);

	if (error) {
		/* A larger image is a good image. */
		fprintf(stderr, "kdump: %s: everything is written\n", error_text(error));
		error_free(error);
	}
	for (size_t i = 0; i < free.count; i++)
		if (span_size(free.items[i]) >= LEAST_HOLE_BYTES)
			span_set_remove(ret_memory, free.items[i]);
	return NULL;
}

/* A device is opened exclusively: that fails while it is mounted or in use. */
static struct error *open_output(const char *name, uint64_t size, int *ret_fd)
{
	struct stat status;
	uint64_t device_size;
	bool is_device = !stat(name, &status) && S_ISBLK(status.st_mode);

	if (!strcmp(name, "-")) {
		*ret_fd = STDOUT_FILENO;
		return isatty(STDOUT_FILENO) ? error_new("an image is not written to a terminal") : NULL;
	}
	*ret_fd = open(name, is_device ? O_WRONLY | O_EXCL | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (*ret_fd < 0 && errno == EBUSY)
		return error_new("%s is in use: it is mounted, or swap, or part of another device", name);
	if (*ret_fd < 0)
		return error_errno(errno, "cannot open %s for writing", name);
	if (is_device && !ioctl(*ret_fd, BLKGETSIZE64, &device_size) && device_size < size) {
		AUTO_FREE char *have = size_text(device_size);
		AUTO_FREE char *wanted = size_text(size);

		close(*ret_fd);
		return error_new("%s has %s; the image takes %s", name, have, wanted);
	}
	return NULL;
}

/* On a terminal one line that is rewritten; elsewhere nothing but the end. */
static void show_progress(void *context, uint64_t written, uint64_t total)
{
	(void)context;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%3" PRIu64 " %% of %" PRIu64 " MiB%s", written * 100 / total, total >> 20,
			written == total ? "\n" : "");
}

static struct error *write_image(const struct core_file *source, const struct options *options,
				 const struct span_set *memory)
{
	struct core_write job = { .source = source, .memory = memory, .name = options->output,
				  .progress = show_progress };
	struct error *error = open_output(options->output, core_write_size(&job), &job.fd);

	if (error)
		return error;
	error = core_write_all(&job);
	/* What is not on the disk when the power goes was not saved. A pipe cannot be synced, and need not be. */
	if (!error && fsync(job.fd) && errno != EINVAL && errno != EROFS)
		error = error_errno(errno, "cannot flush %s", options->output);
	if (job.fd != STDOUT_FILENO && close(job.fd) && !error)
		error = error_errno(errno, "cannot close %s", options->output);
	return error;
}

static struct error *run(const struct options *options)
{
	AUTO_CORE_FILE struct core_file source = { 0 };
	AUTO_SPAN_SET struct span_set memory = { 0 };
	struct error *error = core_file_open(&source, options->source);

	if (!error)
		error = filesystem_guard_record(&source, options->output);
	if (!error)
		error = select_memory(options, &source, &memory);
	return error ? error : write_image(&source, options, &memory);
}

int main(int argc, char **argv)
{
	struct options options = { .source = "/proc/vmcore" };
	bool done = false;
	struct error *error = parse_options(argc, argv, &options, &done);

	if (!error && !done)
		error = run(&options);
	return error_report(error, "kdump");
}
