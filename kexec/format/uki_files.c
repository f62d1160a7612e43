/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/uki_files.h"

#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/memory_file.h"

static struct error *make_file(const char *what, const struct bytes *pieces, size_t count, int *fd, char **path)
{
	struct error *error = memory_file_make(what, pieces, count, fd);

	if (!error)
		*path = xasprintf("/proc/self/fd/%d", *fd);
	return error;
}

struct error *uki_files_init(struct uki_files *files, const char *path)
{
	struct uki_files made = { .kernel_fd = -1, .initrd_fd = -1 };
	struct error *error = mapped_file_init(&made.file, "kernel image", path);

	if (error)
		return error;
	made.is_uki = uki_probe(made.file.bytes);
	if (made.is_uki)
		error = uki_init(&made.uki, made.file.bytes);
	if (!error && made.is_uki)
		error = make_file("UKI's kernel", &made.uki.kernel, 1, &made.kernel_fd, &made.kernel);
	if (!error && made.uki.initrd_count)
		error = make_file("UKI's initrd", made.uki.initrds, made.uki.initrd_count, &made.initrd_fd, &made.initrd);
	error = error_prefix(error, "kernel image \"%s\"", path);
	if (!error && made.is_uki)
		error = mapped_file_check(&made.file, "kernel image");
	if (error) {
		uki_files_deinit(&made);
		return error;
	}
	*files = made;
	return NULL;
}

void uki_files_deinit(struct uki_files *files)
{
	if (files->kernel)
		close(files->kernel_fd);
	if (files->initrd)
		close(files->initrd_fd);
	free(files->kernel);
	free(files->initrd);
	uki_deinit(&files->uki);
	mapped_file_deinit(&files->file);
	*files = (struct uki_files){ 0 };
}
