/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/alone.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/retry.h"

struct error *alone_begin(struct alone *alone, const char *path, bool waits)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*alone = (struct alone){ fd + 1 };
	if (fd < 0 || !TEMP_FAILURE_RETRY(flock(fd, LOCK_EX | (waits ? 0 : LOCK_NB))) || errno != EWOULDBLOCK)
		return NULL;
	alone_end(alone);
	return error_new("another khibernate is at work on the snapshot of %s: try again when it has ended", path);
}

void alone_end(struct alone *alone)
{
	if (alone->lock)
		close(alone->lock - 1);
	*alone = (struct alone){ 0 };
}
