/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/image_open.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/core/foreign_file.h"
#include "lib/unpack/decompress.h"

struct error *image_open(struct saved_image *image, const char *path)
{
	uint8_t head[64];
	struct error *error = saved_image_open(image, path);
	int fd = error ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	ssize_t size = fd < 0 ? 0 : pread(fd, head, sizeof(head), 0);

	if (fd >= 0)
		close(fd);
	if (!error || size <= 0)
		return error;

	struct bytes bytes = { head, (size_t)size };
	const char *packed = compression_name(bytes), *text = foreign_file_text(bytes, FOREIGN_TO_RESTORE);
	struct error *more;

	if (packed)
		more = error_new("%s; it is packed with %s: unpack it first", error_text(error), packed);
	else if (text)
		more = error_new("%s; it is %s", error_text(error), text);
	else
		return error;
	error_free(error);
	return more;
}
