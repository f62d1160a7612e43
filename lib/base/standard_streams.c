/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void standard_streams_open(void)
{
	int fd;

	/* open returns the lowest free number. Without /dev/null a folder does as well: writing to it fails. */
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

bool standard_output_was_closed(void)
{
	/* A stream from before exec has no FD_CLOEXEC. */
	return fcntl(STDOUT_FILENO, F_GETFD) & FD_CLOEXEC;
}

struct error *standard_output_finish(struct error *error)
{
	if (error || (!fflush(stdout) && !ferror(stdout)))
		return error;
	return error_errno(errno, "cannot write to the standard output");
}
