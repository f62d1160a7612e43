/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that a load names beside the kernel: initrds, a device tree, multiboot modules. */
#include <string.h>

#include "kexec/plan/loading.h"
#include "lib/base/file_list.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

/* "PATH ARGUMENTS": the file is mapped, and unpacked as every loader of modules does. */
static struct error *read_module(struct module *module, const char *text)
{
	AUTO_FREE char *path = xstrndup(text, strcspn(text, " "));
	struct error *error = mapped_file_init(&module->file, "module", path);

	if (error)
		return error;
	module->bytes = module->file.bytes;
	return error_prefix(boot_image_unpack(&module->bytes, &module->unpacked), "module \"%s\"", path);
}

static struct error *read_modules(struct loading *loading)
{
	const struct text_list *texts = &loading->request->modules;
	struct error *error = NULL;

	loading->modules = xcalloc(texts->count + 1, sizeof(*loading->modules));
	loading->module_count = texts->count;
	for (size_t i = 0; !error && i < texts->count; i++)
		error = read_module(&loading->modules[i], texts->items[i]);
	return error;
}

/*
 * The initrds of a UKI, and behind them what --initrd names, as one. An archive begins at a multiple of four bytes
 * (init/initramfs.c, unpack_to_rootfs).
 */
static struct error *join_initrds(struct loading *loading)
{
	const struct uki *uki = &loading->image.uki;
	size_t size = 0, at = 0;

	for (size_t i = 0; i < uki->initrd_count; i++)
		size += (size_t)align_4(uki->initrds[i].size);
	size += loading->initrd_file.bytes.size;
	loading->joined_initrd = calloc(size, 1);
	if (!loading->joined_initrd)
		return error_new("no memory to put the UKI's initrds and those given together (%zu bytes)", size);
	for (size_t i = 0; i < uki->initrd_count; i++) {
		memcpy(loading->joined_initrd + at, uki->initrds[i].data, uki->initrds[i].size);
		at += (size_t)align_4(uki->initrds[i].size);
	}
	if (loading->initrd_file.bytes.size)
		memcpy(loading->joined_initrd + at, loading->initrd_file.bytes.data, loading->initrd_file.bytes.size);
	loading->initrd = (struct bytes){ loading->joined_initrd, size };
	return NULL;
}

static struct error *read_initrds(struct loading *loading)
{
	const struct text_list *paths = &loading->request->initrds;
	const struct uki *uki = &loading->image.uki;
	struct error *error = paths->count ? mapped_files_init(&loading->initrd_file, "initrd", paths->items, paths->count) :
					     NULL;

	if (error)
		return error;
	if (uki->initrd_count + (paths->count > 0) > 1)
		return join_initrds(loading);
	loading->initrd = uki->initrd_count ? uki->initrds[0] : loading->initrd_file.bytes;
	return NULL;
}

struct error *loading_read_files(struct loading *loading)
{
	struct error *error = read_initrds(loading);

	if (!error && loading->request->dtb)
		error = mapped_file_init(&loading->device_tree_file, "device tree", loading->request->dtb);
	return error ? error : read_modules(loading);
}

struct error *loading_check_files(const struct loading *loading)
{
	struct error *error = mapped_file_check(&loading->image.file, "kernel image");

	if (!error)
		error = mapped_file_check(&loading->initrd_file, "initrd");
	if (!error)
		error = mapped_file_check(&loading->device_tree_file, "device tree");
	for (size_t i = 0; !error && i < loading->module_count; i++)
		error = mapped_file_check(&loading->modules[i].file, "module");
	return error;
}

void loading_close_files(struct loading *loading)
{
	for (size_t i = 0; i < loading->module_count; i++) {
		mapped_file_deinit(&loading->modules[i].file);
		free(loading->modules[i].unpacked);
	}
	free(loading->modules);
	free(loading->joined_initrd);
	mapped_file_deinit(&loading->initrd_file);
	mapped_file_deinit(&loading->device_tree_file);
}
