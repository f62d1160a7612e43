/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/cpio_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"

#define HEADER_BYTES 110 /* "070701" and thirteen fields of eight hex digits */

static size_t padded(size_t size)
{
	return (size + 3) / 4 * 4;
}

static size_t entry_size(const char *name, size_t content_size)
{
	return padded(HEADER_BYTES + strlen(name) + 1) + padded(content_size);
}

/* Writes an entry to zeroed memory; returns the end of it. */
static uint8_t *put_entry(uint8_t *at, const char *name, unsigned int mode, struct bytes content)
{
	/* Inode, mode, owner, group, links, time, size, device and special device, name with its NUL, checksum. */
	AUTO_FREE char *header = xasprintf("070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0, mode, 0, 0,
					   1, 0, content.size, 0, 0, 0, 0, strlen(name) + 1, 0);

	memcpy(at, header, HEADER_BYTES);
	memcpy(at + HEADER_BYTES, name, strlen(name));
	if (content.size)
		memcpy(at + padded(HEADER_BYTES + strlen(name) + 1), content.data, content.size);
	return at + entry_size(name, content.size);
}

uint8_t *cpio_archive_of(const char *folder, const char *name, struct bytes content, size_t *ret_size)
{
	AUTO_FREE char *path = xasprintf("%s/%s", folder, name);
	const char *end = "TRAILER!!!";
	uint8_t *archive = xcalloc(entry_size(folder, 0) + entry_size(path, content.size) + entry_size(end, 0), 1);
	uint8_t *at = put_entry(archive, folder, S_IFDIR | 0755, (struct bytes){ 0 });

	at = put_entry(at, path, S_IFREG | 0600, content);
	*ret_size = (size_t)(put_entry(at, end, 0, (struct bytes){ 0 }) - archive);
	return archive;
}
