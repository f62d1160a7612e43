/* SPDX-License-Identifier: GPL-2.0-only */
/* One load: reads the files, picks the boot protocol, completes and checks the plan. */
#include "kexec/load/load.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kexec/load/elf_place.h"
#include "kexec/load/load_placed.h"
#include "kexec/load/load_parts.h"
#include "kexec/load/protocols.h"
#include "kexec/plan/load_room.h"
#include "kexec/plan/why_refused.h"
#include "kexec/plan/purgatory_setup.h"
#include "kexec/plan/sys.h"
#include "lib/base/file_list.h"
#include "lib/base/alloc.h"
#include "lib/base/size_text.h"
#include "lib/disk/usb_disks.h"
#include "lib/machine/memory_encryption.h"

/* The given option that only Linux kernels take; NULL if there is none. */
static const char *linux_option(const struct request *request)
{
	if (request->entry_32bit)
		return "--entry-32bit";
	if (request->real_mode)
		return "--real-mode";
	if (request->dtb)
		return "--dtb";
	return NULL;
}

static struct error *check_multiboot_role(const struct loading *loading)
{
	const struct request *request = loading->request;

	if (loading->image.kind != IMAGE_MULTIBOOT)
		return error_new("\"%s\" is no multiboot image; --module is for those", request->kernel);
	if (loading->is_jump)
		return error_new("\"%s\" is a multiboot image, which is started for good and cannot come back; an ELF "
				 "file that can takes -t elf-x86 or elf-x86_64",
				 request->kernel);
	if (request->kind == LOAD_PANIC)
		return error_new("\"%s\" is a multiboot image; a crash kernel has to be a Linux kernel or a plain program",
				 request->kernel);
	if (request->args != ARGS_DEFAULT)
		return error_new("\"%s\" is a multiboot image; --args-none and the like take -t elf-x86 or elf-x86_64",
				 request->kernel);
	if (request->confine)
		return error_new("--confine is for Linux kernels; \"%s\" is a multiboot image, which gets all memory",
				 request->kernel);
	if (request->initrds.count)
		return error_new("\"%s\" is a multiboot image and takes files by --module, not --initrd",
				 request->kernel);
	return NULL;
}

static struct error *check_image_role(const struct loading *loading)
{
	const struct request *request = loading->request;

	if (loading->image.kind == IMAGE_MULTIBOOT || request->modules.count)
		return check_multiboot_role(loading);
	if (loading->image.kind == IMAGE_BZIMAGE && request->args != ARGS_DEFAULT && request->args != ARGS_LINUX)
		return error_new("\"%s\" is a bzImage; --args-none and --args-elf are for ELF files", request->kernel);
	if (request->entry && loading_is_linux(loading))
		return error_new("--entry is for plain programs and the way back; \"%s\" is a Linux kernel with an "
				 "entry of its own",
				 request->kernel);
	if (linux_option(request) && !loading_is_linux(loading))
		return error_new("%s is for Linux kernels; \"%s\" is a plain program", linux_option(request),
				 request->kernel);
	if (request->initrds.count && !loading_is_linux(loading))
		return error_new("\"%s\" is a plain program and takes no initrd", request->kernel);
	if (request->confine && !loading_is_linux(loading))
		return error_new("--confine is for Linux kernels; \"%s\" is a plain program, which gets no memory map",
				 request->kernel);
	if (request->args == ARGS_ELF && loading->is_jump)
		return error_new("a program that is jumped to is called as a C function without arguments (--args-none): "
				 "it gets no ELF boot notes");
	/* It takes the words where it runs already. */
	if (request->append && loading_is_asleep(loading))
		return NULL;
	if (request->append && loading->is_jump && !loading_is_linux(loading))
		return error_new("a program that is jumped to takes no command line");
	if (request->append && request->args == ARGS_NONE)
		return error_new("a program loaded with --args-none takes no command line");
	return NULL;
}

static struct error *read_image(struct loading *loading)
{
	const struct request *request = loading->request;
	struct error *error = boot_image_init(&loading->image, request->kernel, request->type);

	if (!error)
		error = check_image_role(loading);
	return error ? error : loading_read_files(loading);
}

static struct error *plan_load(struct loading *loading)
{
	if (loading->request->kind == LOAD_JUMP_BACK_HELPER)
		return load_jump_back_helper(loading);
	struct error *error = read_image(loading);
	if (error)
		return error;
	if (loading_is_asleep(loading))
		return load_asleep(loading);
	if (loading_is_saved_kernel(loading))
		return load_saved_kernel(loading);
	error = error_prefix(elf_check_places(&loading->image.elf), "\"%s\"", loading->request->kernel);
	if (error)
		return error;
	if (loading->image.kind == IMAGE_MULTIBOOT)
		return load_multiboot(loading);
	if (!loading_is_linux(loading))
		return load_program(loading);
	return loading->request->real_mode ? load_real_mode(loading) : load_linux(loading);
}

/* Whether pages of this kernel may hold what is beyond kexec_load: not for what returns, and not for a crash. */
static bool may_be_placed(const struct loading *loading)
{
	return loading->request->kind == LOAD_ORDINARY && !loading_is_linux(loading) &&
	       loading->image.kind != IMAGE_MULTIBOOT;
}

/* What is beyond kexec_load; heap. */
static char *limits_text(const struct loading *loading)
{
	uint64_t size = 0;

	for (size_t i = 0; i < loading->plan.count; i++)
		size += span_size(loading->plan.segments[i].memory);

	AUTO_FREE char *is = size_text(size);
	AUTO_FREE char *most = size_text(loading->machine.total_ram_bytes / 2);

	return xasprintf("%s in %zu pieces, and kexec_load takes %d pieces at most, together %s", is, loading->plan.count,
			 PLAN_SEGMENT_MAX, most);
}

/* The kernel's limits hold for the plan, or it is placed. */
static struct error *check_limits(struct loading *loading)
{
	struct error *error = plan_check(&loading->plan, loading->machine.total_ram_bytes);

	if (error && !loading->placed && may_be_placed(loading))
		loading->placed = limits_text(loading);
	if (loading->placed) {
		error_free(error);
		return load_placed_check(loading);
	}
	if (!error && !(loading->plan.flags & SYS_KEXEC_ON_CRASH))
		error = load_room_check(&loading->plan, loading->request->root);
	return error;
}

static struct error *complete(struct loading *loading)
{
	AUTO_SPAN_SET struct span_set kept = { 0 };

	window_shadowed(&loading->window, &kept);
	plan_complete(&loading->plan, loading->is_jump ? &kept : NULL);
	loading->plan.flags |= loading->machine.arch->kexec_flag | loading->policy->flags;

	/* Checked before the digest, which takes time. */
	struct error *error = check_limits(loading);

	if (!error)
		error = parked_check(loading);

	if (!error && loading->purgatory_start)
		purgatory_fill(&loading->plan, loading->purgatory_start, loading->machine.arch, loading->purgatory,
			       !loading->request->no_checks && !loading->placed);
	return error;
}

struct error *loading_init(struct loading *loading, const struct request *request)
{
	struct error *error;

	*loading = (struct loading){ .request = request, .policy = load_policy_of(request) };
	loading->is_jump = loading->policy->flags & SYS_KEXEC_PRESERVE_CONTEXT;
	error = why_refused_check(request->root);
	if (!error)
		error = machine_init(&loading->machine, request->root);
	if (!error && loading->is_jump)
		error = memory_encryption_check(request->root);
	if (!error && request->kind == LOAD_PRESERVE_CONTEXT && !request->lose_devices)
		error = jump_losses_check(request->root, "--lose-devices");
	if (!error && loading->is_jump)
		error = cpus_check_jump(&loading->machine.cpus);
	if (!error)
		parked_read(loading);
	if (!error && loading->policy->read_kernel_map)
		error = loading->policy->read_kernel_map(&loading->kernel_map, request->root, loading->machine.arch);
	if (!error)
		error = plan_load(loading);
	if (!error)
		error = complete(loading);
	if (!error)
		error = loading_check_files(loading);
	if (error)
		loading_deinit(loading);
	return error;
}

void loading_deinit(struct loading *loading)
{
	machine_deinit(&loading->machine);
	boot_image_deinit(&loading->image);
	loading_close_files(loading);
	plan_deinit(&loading->plan);
	span_set_deinit(&loading->poison);
	free(loading->placed);
	memmap_deinit(&loading->memmap);
	window_deinit(&loading->window);
	span_set_deinit(&loading->visible);
	kernel_map_deinit(&loading->kernel_map);
	free(loading->cmdline);
	free(loading->where);
	free(loading->details);
	free(loading->parked_unknown);
	*loading = (struct loading){ 0 };
}
