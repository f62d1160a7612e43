/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/alloc.h"

static struct error *write_all(const char *what, int fd, struct bytes bytes)
{
	while (bytes.size) {
		ssize_t written = write(fd, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		/* A mapped file became shorter: no SIGBUS, as the kernel does the reading. */
		if (written < 0 && errno == EFAULT)
			return error_new("the %s became shorter while it was read (%zu bytes are missing)", what, bytes.size);
		if (written < 0)
			return error_errno(errno, "cannot put the %s into a file in memory (%zu bytes are left)", what,
					   bytes.size);
		bytes.data += written;
		bytes.size -= (size_t)written;
	}
	return NULL;
}

static struct error *write_pieces(const char *what, int fd, const struct bytes *pieces, size_t count)
{
	static const uint8_t zeros[3];
	struct error *error = NULL;

	for (size_t i = 0; !error && i < count; i++) {
		error = write_all(what, fd, pieces[i]);
		if (!error && i + 1 < count)
			error = write_all(what, fd, (struct bytes){ zeros, -pieces[i].size & 3 });
	}
	return error;
}

struct error *memfd_finish(const char *what, int *fd)
{
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", *fd);
	int reading = open(path, O_RDONLY | O_CLOEXEC), failure = errno;

	close(*fd);
	*fd = reading;
	return reading < 0 ? error_errno(failure, "cannot open the %s in memory again (is /proc mounted?)", what) : NULL;
}

struct error *memfd_make(const char *what, const struct bytes *pieces, size_t count, int *ret_fd)
{
	int fd = memfd_create(what, MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot make a file in memory for the %s", what);

	struct error *error = write_pieces(what, fd, pieces, count);

	if (error)
		close(fd);
	else
		error = memfd_finish(what, &fd);
	if (!error)
		*ret_fd = fd;
	return error;
}
