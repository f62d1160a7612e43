/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/image_open.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/unpack/decompress.h"

/* What programs that save memory write, beside cores. */
static const char *what_else(struct bytes head)
{
	static const struct {
		const char *magic, *text;
	} others[] = {
		{ "KDUMP   ", "; it is a compressed dump: makedumpfile -E writes one that can be restored" },
		{ "makedumpfile", "; it is a dump for a pipe: makedumpfile -R makes a core of one that was written with -E" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		if (head.size >= strlen(others[i].magic) && !memcmp(head.data, others[i].magic, strlen(others[i].magic)))
			return others[i].text;
	return "";
}

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
	const char *packed = compression_name(bytes);
	struct error *more = packed ? error_new("%s; it is packed with %s: unpack it first", error_text(error), packed) :
				      error_new("%s%s", error_text(error), what_else(bytes));

	error_free(error);
	return more;
}
