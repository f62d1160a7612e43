/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include <linux/magic.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"

/* In front of each secret; as large as any alignment asks for. */
struct header {
	_Alignas(64) size_t mapped_bytes;
};

void *secret_alloc(size_t size_bytes)
{
	size_t mapped = size_bytes + sizeof(struct header);
	struct header *header = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (header == MAP_FAILED)
		header = xaligned(sizeof(*header), SIZE_MAX); /* ends the program, as without any memory */
	/* Best effort: the limit of locked memory may be lower. */
	(void)mlock(header, mapped);
	(void)madvise(header, mapped, MADV_DONTDUMP);
	header->mapped_bytes = mapped;
	return header + 1;
}

void secret_free(void *secret)
{
	if (!secret)
		return;

	struct header *header = (struct header *)secret - 1;
	size_t mapped = header->mapped_bytes;

	secret_wipe(header, mapped);
	munmap(header, mapped);
}

void secret_wipe(void *data, size_t size_bytes)
{
	explicit_bzero(data, size_bytes);
}

static struct error *read_all(int fd, const char *path, size_t limit, void **ret_secret, size_t *ret_size)
{
	AUTO_SECRET uint8_t *secret = secret_alloc(limit + 1);
	size_t size = 0;
	ssize_t got = 1;

	while (got > 0 && size <= limit) {
		got = TEMP_FAILURE_RETRY(read(fd, secret + size, limit + 1 - size));
		size += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return error_errno(errno, "cannot read %s", path);
	if (size > limit)
		return error_new("%s has more than %zu bytes: it is not what is wanted here", path, limit);
	*ret_secret = TAKE_PTR(secret);
	*ret_size = size;
	return NULL;
}

struct error *secret_read(const char *path, size_t limit, void **ret_secret, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s", path);

	struct error *error = read_all(fd, path, limit, ret_secret, ret_size);

	close(fd);
	return error;
}

static bool is_in_memory(int fd)
{
	struct statfs system;

	return !fstatfs(fd, &system) &&
	       ((uint32_t)system.f_type == TMPFS_MAGIC || (uint32_t)system.f_type == RAMFS_MAGIC);
}

/* Its pages are written to in place: what is only removed stays in them. */
static bool overwrite(int fd)
{
	static const char zeros[256];
	struct stat status;
	bool done = !fstat(fd, &status) && S_ISREG(status.st_mode);

	for (off_t at = 0; done && at < status.st_size;) {
		off_t left = status.st_size - at;
		ssize_t size = pwrite(fd, zeros, left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros), at);

		done = size > 0;
		at += size;
	}
	return done;
}

void secret_file_forget(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (is_in_memory(fd) && overwrite(fd))
		unlink(path);
	close(fd);
}

/* The text up to the first end of a line, as a string. */
static struct error *take_line(char *text, size_t size, const char *from, char **ret_passphrase)
{
	text[size] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (*text) {
		*ret_passphrase = text;
		return NULL;
	}
	secret_free(text);
	return error_new("%s has no passphrase in it", from);
}

struct error *passphrase_read(const char *path, char **ret_passphrase)
{
	void *text;
	size_t size;
	struct error *error = secret_read(path, PASSPHRASE_BYTES, &text, &size);

	return error ? error : take_line(text, size, path, ret_passphrase);
}

/* By ICANON there is something to read when a line is complete. After the time it fails with ETIMEDOUT. */
static ssize_t read_in_time(int fd, unsigned int seconds, char *line)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };

	if (seconds && !TEMP_FAILURE_RETRY(poll(&wanted, 1, (int)seconds * 1000))) {
		errno = ETIMEDOUT;
		return -1;
	}
	return TEMP_FAILURE_RETRY(read(fd, line, PASSPHRASE_BYTES));
}

static ssize_t read_line(int fd, const char *prompt, unsigned int seconds, char *line)
{
	struct termios before, silent;
	ssize_t size;

	if (tcgetattr(fd, &before))
		return -1;
	silent = before;
	silent.c_lflag |= ICANON;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", prompt);
	size = read_in_time(fd, seconds, line);

	int failure = errno;

	tcsetattr(fd, TCSANOW, &before);
	dprintf(fd, "\n");
	errno = failure;
	return size;
}

struct error *passphrase_ask(const char *terminal, const char *prompt, unsigned int seconds, char **ret_passphrase)
{
	int fd = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s to ask for the passphrase", terminal);

	AUTO_SECRET char *line = secret_alloc(PASSPHRASE_BYTES + 1);
	ssize_t size = read_line(fd, prompt, seconds, line);
	int failure = errno;

	close(fd);
	if (size < 0 && failure == ETIMEDOUT)
		return error_new("no passphrase was typed on %s in %u s", terminal, seconds);
	if (size < 0)
		return error_errno(failure, "cannot read a passphrase from %s", terminal);
	return take_line(TAKE_PTR(line), (size_t)size, terminal, ret_passphrase);
}
