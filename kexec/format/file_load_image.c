/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/file_load_image.h"

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

static void read_sizes(struct file_load_image *image, struct bytes bytes)
{
	struct bzimage bzimage = { 0 };
	struct error *error = bzimage_init(&bzimage, bytes);

	if (!error) {
		image->cmdline_size_bytes = bzimage.cmdline_size_bytes;
		image->init_size_bytes = bzimage.init_size_bytes;
	}
	error_free(error);
	bzimage_deinit(&bzimage);
}

static struct error *make_uki_files(struct file_load_image *image, struct bytes bytes)
{
	struct error *error = uki_init(&image->uki, bytes);

	if (!error)
		error = error_prefix(boot_image_unpack(&image->uki.kernel, &image->unpacked_kernel),
				     "the kernel in the UKI");
	if (!error)
		error = make_file("UKI's kernel", &image->uki.kernel, 1, &image->kernel_fd, &image->kernel);
	if (!error && image->uki.initrd_count)
		error = make_file("UKI's initrd", image->uki.initrds, image->uki.initrd_count, &image->initrd_fd,
				  &image->initrd);
	return error;
}

static struct error *make_files(struct file_load_image *image)
{
	struct bytes bytes = image->file.bytes;
	struct error *error = boot_image_unpack(&bytes, &image->unpacked);

	if (error)
		return error;
	image->is_uki = uki_probe(bytes);
	if (image->is_uki)
		error = make_uki_files(image, bytes);
	else if (image->unpacked && bzimage_probe(bytes))
		error = make_file("unpacked kernel", &bytes, 1, &image->kernel_fd, &image->kernel);
	if (!error)
		read_sizes(image, image->is_uki ? image->uki.kernel : bytes);
	return error;
}

struct error *file_load_image_init(struct file_load_image *image, const char *path)
{
	struct file_load_image made = { .kernel_fd = -1, .initrd_fd = -1 };
	struct error *error = mapped_file_init(&made.file, "kernel image", path);

	if (error)
		return error;
	error = error_prefix(make_files(&made), "kernel image \"%s\"", path);
	if (!error && made.kernel)
		error = mapped_file_check(&made.file, "kernel image");
	if (error) {
		file_load_image_deinit(&made);
		return error;
	}
	*image = made;
	return NULL;
}

void file_load_image_deinit(struct file_load_image *image)
{
	if (image->kernel)
		close(image->kernel_fd);
	if (image->initrd)
		close(image->initrd_fd);
	free(image->kernel);
	free(image->initrd);
	free(image->unpacked);
	free(image->unpacked_kernel);
	uki_deinit(&image->uki);
	mapped_file_deinit(&image->file);
	*image = (struct file_load_image){ 0 };
}
