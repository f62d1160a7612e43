/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/alone.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/retry.h"

/* Only root can open it, and who can open a file can lock it: the configuration can be read by all. */
#define LOCK "/run/khibernate.lock"

/* For an "expire" that a disk's event has started. */
#define WAIT_MILLISECONDS 2000
#define STEP_MILLISECONDS 100

/* Without /run the configuration itself, best effort. */
static int open_lock(const char *config)
{
	int fd = open(LOCK, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? open(config, O_RDONLY | O_CLOEXEC) : fd;
}

/* False: another one has it. Any other failure is none. */
static bool take(int fd, bool waits)
{
	for (int passed = 0; TEMP_FAILURE_RETRY(flock(fd, LOCK_EX | (waits ? 0 : LOCK_NB))) && errno == EWOULDBLOCK;
	     passed += STEP_MILLISECONDS) {
		if (passed >= WAIT_MILLISECONDS)
			return false;
		usleep(STEP_MILLISECONDS * 1000);
	}
	return true;
}

struct error *alone_begin(struct alone *alone, const char *config, bool waits)
{
	int fd = open_lock(config);

	*alone = (struct alone){ fd + 1 };
	if (fd < 0 || take(fd, waits))
		return NULL;
	alone_end(alone);
	return error_new("another khibernate is at work on a snapshot: try again when it has ended");
}

void alone_end(struct alone *alone)
{
	if (alone->lock)
		close(alone->lock - 1);
	*alone = (struct alone){ 0 };
}
