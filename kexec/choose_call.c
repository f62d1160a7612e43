/* SPDX-License-Identifier: GPL-2.0-only */
/* Which system call loads: kexec_file_load(2) where it does what is asked for, else kexec_load(2) with a plan. */
#include "kexec/choose_call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kexec/format/file_load_image.h"
#include "kexec/load/load.h"
#include "kexec/load/load_placed.h"
#include "kexec/load_log.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/file_load_cmdline.h"
#include "kexec/plan/file_load_memory.h"
#include "kexec/plan/sys.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/disk/watchdog_devices.h"
#include "lib/machine/jump_devices.h"
#include "lib/machine/loaded_record.h"
#include "lib/machine/machine.h"

/* The helper must not replace the loaded kexec image: in A that would be B with all its state. */
static struct error *check_nothing_loaded(void)
{
	bool loaded;
	struct error *error = machine_is_loaded("/", false, &loaded);

	if (!error && loaded)
		return error_new("a kexec image is loaded already; kexec -e jumps to it, kexec -u unloads it");
	return error;
}

static void print_window_choice(const struct loading *loading)
{
	const struct window *window = &loading->window;

	if (window->chosen)
		printf("window: --mem-min=0x%" PRIx64 " --mem-max=0x%" PRIx64 "%s\n", window->bounds.start,
		       window->bounds.end - 1, window->in_crash_kernel ? " (in the crashkernel region)" : "");
	if (window->overlaps_kernel)
		fprintf(stderr,
			"kexec: warning: the window 0x%" PRIx64 "-0x%" PRIx64 " holds a part of the running kernel: the "
			"jump works, but a snapshot of it can only be saved whole\n",
			window->bounds.start, window->bounds.end - 1);
}

static void print_parked(const struct loading *loading)
{
	if (loading->parked_unknown)
		fprintf(stderr,
			"kexec: warning: not all is known of what this kernel's CPUs use when they are offline (%s): if it "
			"lies in memory that the jump exchanges, this kernel is lost\n",
			loading->parked_unknown);
}

/* The host counts in all memory, and B has the window: it would run out of memory. */
static void print_balloon(const struct request *request)
{
	if (request->kind == LOAD_PRESERVE_CONTEXT && jump_devices_have_balloon(request->root) &&
	    !(request->append && strstr(request->append, "virtio_balloon")))
		fputs("kexec: warning: this machine has a balloon by virtio: a kernel that has its driver gives the host as much "
		      "memory as this one should, and may end for lack of it; give it module_blacklist=virtio_balloon\n",
		      stderr);
}

/* Nobody feeds it while B runs, if B's kernel does not stop it. */
static void print_watchdog(const struct request *request)
{
	AUTO_FREE char *name = request->kind == LOAD_PRESERVE_CONTEXT ? watchdog_devices_running(request->root) : NULL;

	if (name)
		fprintf(stderr,
			"kexec: warning: the watchdog %s runs: it resets the machine while a kernel without its driver has it; "
			"one with it stops it, and after the jump back it does not run until its device is opened anew\n",
			name);
}

/* A crash kernel lies beside the kernel loaded for -e. */
static void record_load(const struct request *request, const char *call, enum loaded_kind kind)
{
	load_log_loaded(request, call);
	if (request->kind == LOAD_PANIC)
		return;
	if (staged_pages_record_load(kind))
		return;
	if (kind == LOADED_JUMP)
		fputs("kexec: warning: cannot note in /run that a jump image is loaded: use -j in place of -e, or the "
		      "network interfaces are taken down\n",
		      stderr);
	else
		fputs("kexec: warning: cannot note in /run that memory waits for the jump: kexec -e does not compare its place\n",
		      stderr);
}

static struct error *call_kexec_load(const struct loading *loading)
{
	const struct request *request = loading->request;
	struct error *error = loading->placed ? load_placed(loading) : sys_kexec_load(&loading->plan, request->root);

	if (error)
		return error;
	print_window_choice(loading);
	print_balloon(request);
	print_watchdog(request);
	if (loading->placed)
		printf("its memory waits in this kernel's until kexec -e or -u: %s\n", loading->placed);
	record_load(request, "kexec_load", loading->placed ? LOADED_PLACED : loading->is_jump ? LOADED_JUMP : LOADED_FOR_GOOD);
	return NULL;
}

static struct error *load_by_plan(const struct request *request)
{
	AUTO_LOADING struct loading loading = { 0 };
	struct error *error = NULL;

	if (request->kind == LOAD_JUMP_BACK_HELPER && !request->dry_run)
		error = check_nothing_loaded();
	if (!error)
		error = loading_init(&loading, request);
	if (error)
		return error;
	print_parked(&loading);
	if (request->dry_run) {
		loading_print(&loading, stdout);
		return NULL;
	}
	if (request->debug)
		loading_print(&loading, stderr);
	return call_kexec_load(&loading);
}

/*
 * Whether kexec_load has to be used. kexec_file_load takes no type: it knows the bzImage only, and enters it in 64-bit
 * mode. So it is tried only for the types of -t that lead to that.
 */
static bool needs_plan(const struct request *request)
{
	bool other_type = request->type && strcmp(request->type, "bzImage64") != 0 && strcmp(request->type, "uki") != 0;

	return request->call == CALL_KEXEC_LOAD || request_kexec_load_option(request) ||
	       (request->call == CALL_AUTO && other_type);
}

/* kexec_file_load has no argument for -t: the file is compared with it here. */
static struct error *check_type(const struct request *request)
{
	struct boot_image image = { 0 };
	struct error *error = request->type ? boot_image_init(&image, request->kernel, request->type) : NULL;

	boot_image_deinit(&image);
	return error;
}

/* The files of --initrd, behind the initrds of a UKI. The caller frees the array. */
static const char **file_initrds(const struct request *request, const struct file_load_image *image, size_t *ret_count)
{
	const char **paths = xcalloc(request->initrds.count + 1, sizeof(*paths));
	size_t count = 0;

	if (image->initrd)
		paths[count++] = image->initrd;
	for (size_t i = 0; i < request->initrds.count; i++)
		paths[count++] = request->initrds.items[i];
	*ret_count = count;
	return paths;
}

static void print_file(const char *what, const char *path, const char *name)
{
	struct stat status;

	fprintf(stderr, "%-9s %s, %lld bytes\n", what, name, stat(path, &status) ? -1ll : (long long)status.st_size);
}

/* As loading_print; the kernel makes the plan itself. `name` is the boot image's. */
static void print_file_load(const struct file_load *load, const char *name)
{
	fputs("call      kexec_file_load\n", stderr);
	print_file("image", load->kernel, name);
	for (size_t i = 0; i < load->initrd_count; i++)
		print_file("initrd", load->initrds[i], load->initrds[i]);
	fprintf(stderr, "cmdline   %s\n", load->cmdline);
}

/* `sparing`: refuse if the load takes more memory than is available. */
static struct error *call_file_load(const struct file_load *load, const struct file_load_image *image, bool sparing,
				    bool *ret_try_kexec_load)
{
	struct error *error = file_load_check_cmdline(load->cmdline, image->cmdline_size_bytes);

	*ret_try_kexec_load = true;
	if (error)
		return error;
	if (!sparing || file_load_memory_fits(load, image->init_size_bytes, "/"))
		return sys_kexec_file_load(load, ret_try_kexec_load);
	return error_new("kexec_file_load takes %" PRIu64 " MiB of memory, more than this machine has to spare",
			 file_load_memory(load, image->init_size_bytes) / MIB);
}

static struct error *load_by_file(const struct request *request, bool sparing, bool *ret_try_kexec_load)
{
	AUTO_FILE_LOAD_IMAGE struct file_load_image image = { 0 };
	AUTO_FREE char *cmdline = NULL;
	AUTO_FREE const char **initrds = NULL;
	struct file_load load = {
		.kernel = request->kernel,
		.crash = request->kind == LOAD_PANIC,
		.no_cma = request->no_cma,
		.force_dtb = request->force_dtb,
		.debug = request->debug,
	};
	struct error *error = check_type(request);

	*ret_try_kexec_load = false;
	if (!error)
		error = file_load_image_init(&image, request->kernel);
	if (!error)
		error = file_load_cmdline(request, image.uki.cmdline, &cmdline);
	if (error)
		return error;
	if (image.kernel)
		load.kernel = image.kernel;
	if (image.kernel && request->debug)
		fprintf(stderr, "%s: kexec_file_load gets it as files in memory\n",
			image.is_uki ? "a UKI" : "a compressed kernel");
	load.cmdline = cmdline;
	load.initrds = initrds = file_initrds(request, &image, &load.initrd_count);
	if (request->debug)
		print_file_load(&load, request->kernel);
	error = call_file_load(&load, &image, sparing, ret_try_kexec_load);
	if (!error)
		record_load(request, "kexec_file_load", LOADED_FOR_GOOD);
	return image.kernel ? error_prefix(error, "the kernel in \"%s\"", request->kernel) : error;
}

/* Refuses if no memory is reserved: kexec_file_load would only return EADDRNOTAVAIL. */
static struct error *check_region(const struct request *request)
{
	AUTO_MACHINE struct machine machine = { 0 };
	AUTO_WINDOW struct window window = { 0 };
	struct error *error = machine_init(&machine, request->root);

	return error ? error : window_crash(&machine, 0, UINT64_MAX, &window);
}

/* Takes `first`: why kexec_file_load was not called (no errno: the load is too large), or failed. */
static struct error *load_instead(const struct request *request, struct error *first)
{
	int errno_value = error_errno_value(first);
	bool too_large = !errno_value || errno_value == ENOMEM, nothing;
	struct error *error = load_by_plan(request);

	if (!error || !too_large || !sys_forbids_kexec_load(error_errno_value(error))) {
		error_free(first);
		return error;
	}
	error_free(error);
	if (errno_value)
		return first;
	/* There may be memory enough after all. */
	error_free(first);
	return load_by_file(request, false, &nothing);
}

struct error *load_requested(const struct request *request)
{
	bool try_kexec_load;
	struct error *error = NULL;

	if (needs_plan(request))
		return load_by_plan(request);
	if (request->kind == LOAD_PANIC)
		error = check_region(request);
	if (error)
		return error;
	error = load_by_file(request, request->call == CALL_AUTO, &try_kexec_load);

	if (!error || request->call == CALL_KEXEC_FILE_LOAD || !try_kexec_load)
		return error;
	if (request->debug)
		fprintf(stderr, "%s; trying kexec_load\n", error_text(error));
	return load_instead(request, error);
}
