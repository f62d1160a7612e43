/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/kernel_files.h"

#include <unistd.h>

#include "kexec/format/bzimage.h"
#include "kexec/format/boot_image.h"
#include "lib/base/alloc.h"
#include "lib/base/memfd.h"

static struct error *make_file(const char *what, const struct bytes *pieces, size_t count, int *fd, char **path)
{
	struct error *error = memfd_make(what, pieces, count, fd);

	if (!error)
		*path = xasprintf("/proc/self/fd/%d", *fd);
	return error;
}

static struct error *make_uki_files(struct kernel_files *files, struct bytes bytes)
{
	struct error *error = uki_init(&files->uki, bytes);

	if (!error)
		error = error_prefix(boot_image_unpack(&files->uki.kernel, &files->unpacked_kernel),
				     "the kernel in the UKI");
	if (!error)
		error = make_file("UKI's kernel", &files->uki.kernel, 1, &files->kernel_fd, &files->kernel);
	if (!error && files->uki.initrd_count)
		error = make_file("UKI's initrd", files->uki.initrds, files->uki.initrd_count, &files->initrd_fd,
				  &files->initrd);
	return error;
}

static struct error *make_files(struct kernel_files *files)
{
	struct bytes bytes = files->file.bytes;
	struct error *error = boot_image_unpack(&bytes, &files->unpacked);

	if (error)
		return error;
	files->is_uki = uki_probe(bytes);
	if (files->is_uki)
		error = make_uki_files(files, bytes);
	else if (files->unpacked && bzimage_probe(bytes))
		error = make_file("unpacked kernel", &bytes, 1, &files->kernel_fd, &files->kernel);
	return error;
}

struct error *kernel_files_init(struct kernel_files *files, const char *path)
{
	struct kernel_files made = { .kernel_fd = -1, .initrd_fd = -1 };
	struct error *error = mapped_file_init(&made.file, "kernel image", path);

	if (error)
		return error;
	error = error_prefix(make_files(&made), "kernel image \"%s\"", path);
	if (!error && made.kernel)
		error = mapped_file_check(&made.file, "kernel image");
	if (error) {
		kernel_files_deinit(&made);
		return error;
	}
	*files = made;
	return NULL;
}

void kernel_files_deinit(struct kernel_files *files)
{
	if (files->kernel)
		close(files->kernel_fd);
	if (files->initrd)
		close(files->initrd_fd);
	free(files->kernel);
	free(files->initrd);
	free(files->unpacked);
	free(files->unpacked_kernel);
	uki_deinit(&files->uki);
	mapped_file_deinit(&files->file);
	*files = (struct kernel_files){ 0 };
}
