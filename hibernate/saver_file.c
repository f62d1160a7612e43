/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/saver_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/second_kernel.h"
#include "kexec/load/load.h"
#include "kexec/place/jump_load.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/loading.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/core/asleep_note.h"
#include "lib/machine/machine.h"
#include "purgatory/xxh64.h"

/* ACPI specification, FACS: "Hardware Signature", which changes with the hardware's configuration */
#define FACS_PATH "/sys/firmware/acpi/tables/FACS"
#define FACS_SIGNATURE_OFFSET 8
#define FACS_SIGNATURE_BYTES 4

const char *saver_file_path(const struct khibernate_config *config)
{
	return strcmp(config->prepare, "no") != 0 ? config->prepare : NULL;
}

static struct error *add_file(struct xxh64 *digest, const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return error_errno(errno, "cannot find \"%s\"", path);

	const uint64_t facts[] = { (uint64_t)status.st_size, (uint64_t)status.st_mtim.tv_sec,
				   (uint64_t)status.st_mtim.tv_nsec };

	xxh64_update(digest, path, strlen(path) + 1);
	xxh64_update(digest, facts, sizeof(facts));
	return NULL;
}

/* A saver has read the firmware's tables: with another firmware, or other hardware, it would go by old ones. */
static void add_firmware(struct xxh64 *digest, const char *root)
{
	static const char *const names[] = { "bios_vendor", "bios_version", "bios_date", "product_name", "board_name" };
	const size_t at = FACS_SIGNATURE_OFFSET, size = FACS_SIGNATURE_BYTES;
	AUTO_FREE char *facs = NULL;
	size_t facs_size = 0;
	struct error *error = read_small_file(root, FACS_PATH, &facs, &facs_size);

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		AUTO_FREE char *path = xasprintf("/sys/class/dmi/id/%s", names[i]);
		AUTO_FREE char *text = first_line_or_null(root, path);

		if (text)
			xxh64_update(digest, text, strlen(text) + 1);
	}
	if (!error && facs_size >= at + size)
		xxh64_update(digest, facs + at, size);
	error_free(error);
}

struct error *saver_file_origin(const char *root, const struct khibernate_config *config, uint64_t *ret_origin)
{
	const uint64_t window[] = { config->has_window, config->mem_min, config->mem_max };
	AUTO_FREE char *current = NULL;
	struct xxh64 digest;
	struct error *error;

	if (!*config->kernel)
		return error_new("no kernel is configured: \"khibernate setup\" writes one down");
	error = machine_cmdline(root, &current);
	if (error)
		return error;

	AUTO_FREE char *cmdline = second_kernel_cmdline(current, config->append, "");

	xxh64_init(&digest);
	xxh64_update(&digest, cmdline, strlen(cmdline));
	if (config->has_window)
		xxh64_update(&digest, window, sizeof(window));
	add_firmware(&digest, root);
	error = add_file(&digest, config->kernel);
	if (!error)
		error = add_file(&digest, config->initrd);
	*ret_origin = xxh64_value(&digest) | 1;
	return error;
}

static struct error *check_note(const struct core_file *core, uint64_t origin)
{
	AUTO_ASLEEP_NOTE struct asleep_note note = { 0 };
	struct bytes desc;

	if (!asleep_note_find(core, &desc))
		return error_new("no saver sleeps in %s", core->path);

	struct error *error = asleep_note_parse(desc, core->path, &note);

	if (!error && note.fixed.origin != origin)
		error = error_new("the saver in %s was started with another kernel, initramfs, window, command line or "
				  "firmware",
				  core->path);
	return error;
}

struct error *saver_file_check(const struct khibernate_config *config)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	uint64_t origin;
	struct error *error = core_file_open(&core, config->prepare);

	if (error && error_errno_value(error) == ENOENT) {
		error_free(error);
		return error_new("there is no %s", config->prepare);
	}
	/* It is passed at a boot only, in the initramfs. */
	if (!error && !strcmp(config->encrypt, "yes"))
		error = error_new("with encrypt=yes it needs a key for saving, and one that sleeps has no key");
	if (!error)
		error = saver_file_origin("/", config, &origin);
	return error ? error : check_note(&core, origin);
}

/* Its pages in the page cache would be saved along. */
static void forget_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

/* With a window that was chosen, a saver that is started chooses one beside the kernel. */
static struct error *check_window(const struct khibernate_config *config, const struct loading *loading)
{
	if (config->has_window || !loading->window.overlaps_kernel)
		return NULL;
	return error_new("in this boot the kernel lies in its window 0x%" PRIx64 "-0x%" PRIx64
			 " (crashkernel= or nokaslr keep it out)",
			 loading->window.bounds.start, loading->window.bounds.end - 1);
}

static struct error *load(const struct khibernate_config *config, const struct request *request)
{
	AUTO_LOADING struct loading loading = { 0 };
	struct error *error = loading_init(&loading, request);

	if (!error)
		error = check_window(config, &loading);
	if (!error)
		error = jump_load(&loading.plan, request->root);
	if (!error)
		staged_pages_record_load(LOADED_JUMP);
	return error;
}

struct error *saver_file_load(const struct khibernate_config *config, const char *words, struct bytes used)
{
	struct request request = request_default();
	struct error *error = saver_file_check(config);

	if (error)
		return error;
	request.kind = LOAD_PRESERVE_CONTEXT;
	request.args = ARGS_NONE;
	request.kernel = config->prepare;
	request.append = words;
	request.used = used;
	error = load(config, &request);
	forget_file(config->prepare);
	return error;
}
