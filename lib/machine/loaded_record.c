/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/loaded_record.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/alloc.h"

/* In folders that only root can write to and that do not outlive the boot; an initramfs may lack the first. */
static const char *const places[] = { "/run/kexec-jump.loaded", "/dev/.kexec-jump.loaded" };

static char *boot_id(void)
{
	char *text = NULL;
	struct error *error = read_small_file("/", "/proc/sys/kernel/random/boot_id", &text, NULL);

	if (!error)
		return text;
	error_free(error);
	return xstrdup("?\n");
}

static bool write_record(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return written;
}

/* The text of a record; heap. */
static char *record_text(enum loaded_kind kind)
{
	AUTO_FREE char *id = boot_id();

	return xasprintf("%s %s", kind == LOADED_JUMP ? "jump" : "placed", id);
}

bool loaded_record_set(enum loaded_kind kind)
{
	AUTO_FREE char *text = record_text(kind);

	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		unlink(places[i]);
	for (size_t i = 0; kind != LOADED_FOR_GOOD && i < ARRAY_COUNT(places); i++)
		if (write_record(places[i], text))
			return true;
	return kind == LOADED_FOR_GOOD;
}

bool loaded_record_is(enum loaded_kind kind)
{
	AUTO_FREE char *expected = record_text(kind);

	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		AUTO_FREE char *text = NULL;
		struct error *error = read_small_file("/", places[i], &text, NULL);

		if (!error && !strcmp(text, expected))
			return true;
		error_free(error);
	}
	return false;
}
