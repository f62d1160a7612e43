/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/second_kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hibernate/cpio_archive.h"
#include "hibernate/systemctl.h"
#include "kexec/load/load.h"
#include "kexec/place/jump_load.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/loading.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/memfd.h"
#include "lib/base/secret.h"
#include "lib/base/sizes.h"
#include "lib/machine/cpus.h"
#include "lib/machine/jump_devices.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/machine.h"

/*
 * The arguments of this system's init are left out as well. The window has no room for huge pages, a crash kernel, or
 * buffers of a size that was meant for all memory.
 */
static const char *const own_words[] = {
	"BOOT_IMAGE", "initrd", "root", "rootfstype", "rootflags", "ro", "rw", "init", "rdinit", "resume",
	"resume_offset", "noresume", "mem", "memmap", "crashkernel", "hugepages", "hugepagesz", "default_hugepagesz",
	"hugetlb_cma", "cma", "swiotlb", "reserve_mem", "log_buf_len", "trace_buf_size",
	"elfcorehdr", JUMP_BACK_ENTRY_KEY, "go_to_hibernate", "go_to_sleep", "go_to_resume", "khdev", "khelse", "khreport", "khpower", "khwake",
	"khexclude", "khcompress", "khgeneration", "khboot", "khdisks", "khencrypt", NULL,
};

/* Lists of which only the last one given counts, so that two become one. */
static char *join_lists(const char *given, const char *words)
{
	static const char *const names[] = { "module_blacklist", "initcall_blacklist" };
	char *joined = xstrdup(words);

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		AUTO_FREE char *first = NULL, *second = NULL;

		if (!cmdline_find(given, names[i], &first) || !cmdline_find(words, names[i], &second))
			continue;

		AUTO_FREE char *list = xasprintf("%s=%s,%s", names[i], first, second), *before = joined;

		joined = cmdline_override(before, list);
	}
	return joined;
}

char *second_kernel_without_drivers(const char *words, const struct unneeded_drivers *drivers)
{
	const char *modules = drivers->modules ? drivers->modules : "";
	const char *initcalls = drivers->initcalls ? drivers->initcalls : "";

	return xasprintf("%s%s%s%s%s", words, *modules ? " module_blacklist=" : "", modules,
			 *initcalls ? " initcall_blacklist=" : "", initcalls);
}

char *second_kernel_without_balloon(const char *root, const char *words)
{
	/* A module, or built in: what module_driver() makes of drivers/virtio/virtio_balloon.c. */
	static const char without[] = "module_blacklist=virtio_balloon initcall_blacklist=virtio_balloon_driver_init";

	if (!jump_devices_have_balloon(root))
		return xstrdup(words);

	AUTO_FREE char *joined = join_lists(words, without);

	return cmdline_override(words, joined);
}

char *second_kernel_cmdline(const char *current, const char *append, const char *words)
{
	AUTO_FREE char *parameters = cmdline_parameters(current);
	AUTO_FREE char *base = cmdline_without(parameters, own_words);
	AUTO_FREE char *given = cmdline_join(base, append);

	AUTO_FREE char *joined = join_lists(given, words);

	return cmdline_override(given, joined);
}

/* Identifies the khimage on the device, because the name may lead to another device. */
static char *which_words(const char *device, const struct khimage_superblock *superblock)
{
	AUTO_FREE char *boot = khimage_boot_text(superblock);

	return xasprintf("khdev=%s khgeneration=%" PRIu64 " khboot=%s", device, superblock->generation, boot);
}

char *second_kernel_save_words(const struct khibernate_config *config, const struct khimage_superblock *superblock,
			       unsigned int disks, const char *mailbox_word)
{
	AUTO_FREE char *which = which_words(config->device, superblock);

	return xasprintf("go_to_hibernate %s khdisks=%u khexclude=%s khcompress=%s khpower=%s%s %s", which, disks,
			 config->exclude, config->compress, config->power,
			 strcmp(config->encrypt, "yes") ? "" : " khencrypt", mailbox_word);
}

/* The request has its initrds. */
static struct error *load(struct request *request, const char *append, const char *words)
{
	AUTO_FREE char *current = NULL;
	struct error *error;

	/* The configured kernel has to match the modules in the initramfs. */
	if (!*request->kernel)
		return error_new("no kernel is configured: \"khibernate setup\" writes one down");
	error = machine_cmdline("/", &current);
	if (error)
		return error;

	AUTO_FREE char *all_words = second_kernel_without_balloon("/", words);
	AUTO_FREE char *cmdline = second_kernel_cmdline(current, append, all_words);
	AUTO_LOADING struct loading loading = { 0 };

	request->append = cmdline;
	error = loading_init(&loading, request);
	if (!error)
		error = loading.is_jump ? jump_load(&loading.plan, request->root) :
					sys_kexec_load(&loading.plan, request->root);
	if (!error)
		staged_pages_record_load(loading.is_jump ? LOADED_JUMP : LOADED_FOR_GOOD);
	return error;
}

uint64_t second_kernel_spare_bytes(const char *root)
{
	return 40 * MIB + 2 * MIB * cpus_read(root).count;
}

/* Files behind the initramfs of a kernel: in memory, overwritten when they are not needed any more. */
struct more_files {
	const char *initrds[3];
	char *paths[2];
	int fds[2];
	size_t sizes[2];
	size_t count;
};

static void more_files_deinit(struct more_files *more)
{
	for (size_t i = 0; i < more->count; i++) {
		AUTO_FREE uint8_t *zeros = xcalloc(more->sizes[i], 1);

		/* Best effort: the kernel has its copy by now. */
		if (pwrite(more->fds[i], zeros, more->sizes[i], 0) < 0)
			continue;
	}
	for (size_t i = 0; i < more->count; i++) {
		close(more->fds[i]);
		free(more->paths[i]);
	}
}
#define AUTO_MORE_FILES __attribute__((cleanup(more_files_deinit)))

/* Adds a file of the folder SECOND_KERNEL_FOLDER, if it has bytes. */
static struct error *add_file(struct more_files *more, const char *name, struct bytes content)
{
	size_t size, at = more->count;

	if (!content.size)
		return NULL;

	AUTO_FREE uint8_t *archive = cpio_archive_of(SECOND_KERNEL_FOLDER, name, content, &size);
	struct error *error = memfd_make(name, &(struct bytes){ archive, size }, 1, &more->fds[at]);

	secret_wipe(archive, size);
	if (error)
		return error;
	more->sizes[at] = size;
	more->paths[at] = xasprintf("/proc/self/fd/%d", more->fds[at]);
	more->count++;
	more->initrds[more->count] = more->paths[at];
	return NULL;
}

struct error *second_kernel_load_saver(const struct khibernate_config *config, const char *words, struct bytes used,
				       struct bytes key)
{
	struct request request = request_default();
	AUTO_MORE_FILES struct more_files more = { .initrds = { config->initrd } };
	struct error *error = add_file(&more, SECOND_KERNEL_USED, used);

	if (!error)
		error = add_file(&more, SECOND_KERNEL_SAVING_KEY, key);
	request.initrds = (struct text_list){ .items = more.initrds, .count = more.count + 1 };
	request.kind = LOAD_PRESERVE_CONTEXT;
	request.lose_devices = true; /* checked before, with --force */
	request.kernel = config->kernel;
	request.spare_bytes = second_kernel_spare_bytes("/");
	if (config->has_window) {
		request.has_mem_min = request.has_mem_max = true;
		request.mem_min = config->mem_min;
		request.mem_max = config->mem_max;
	}
	if (!error)
		error = load(&request, config->append, words);
	return error_prefix(error, "cannot load the kernel that saves this one");
}

/* The bounds of B's window, without low memory. */
static struct span window_bounds(const struct jump_note *note)
{
	struct span bounds = { 0 };

	for (size_t i = 0; i < note->window.count; i++) {
		struct span part = note->window.items[i];

		if (part.start < MIB)
			continue;
		bounds.start = span_is_empty(bounds) ? part.start : bounds.start;
		bounds.end = part.end;
	}
	return bounds;
}

struct error *second_kernel_load_restorer(const char *kernel, const char *initrd, const char *append,
					  const char *device, const struct khimage_superblock *superblock,
					  const struct jump_note *note, struct bytes key)
{
	struct request request = request_default();
	AUTO_MORE_FILES struct more_files more = { .initrds = { initrd } };
	struct span bounds = window_bounds(note);
	/* This kernel runs unattended for seconds: after a failure the machine reboots. */
	AUTO_FREE char *which = which_words(device, superblock);
	AUTO_FREE char *words = xasprintf("go_to_resume %s khelse=reboot panic=10", which);

	if (span_is_empty(bounds))
		return error_new("the snapshot names no window that a kernel could restore it from");
	struct error *error = add_file(&more, SECOND_KERNEL_SNAPSHOT_KEY, key);

	if (error)
		return error;
	request.kernel = kernel;
	request.initrds = (struct text_list){ .items = more.initrds, .count = more.count + 1 };
	request.confine = request.has_mem_min = request.has_mem_max = true;
	request.mem_min = bounds.start;
	request.mem_max = bounds.end - 1;
	return error_prefix(load(&request, append, words), "cannot load the kernel that restores the snapshot");
}

bool second_kernel_print_replaced(void)
{
	bool is_loaded = false;

	error_free(machine_is_loaded("/", false, &is_loaded));
	if (!is_loaded || loaded_record_is(LOADED_JUMP))
		return false;
	printf("the kernel that was loaded for kexec -e is replaced, and is not the next boot: load it again afterwards, unless "
	       "kexec-load.service does\n");
	return true;
}

void second_kernel_load_replaced(void)
{
	/* Only if the unit is active. It is not waited for: it may come after the one that this is. */
	static char *const words[] = { "systemctl", "--no-block", "try-restart", "kexec-load.service", NULL };

	systemctl(words);
}
