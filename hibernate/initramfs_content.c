/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/initramfs_content.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/unpack/decompress.h"

#define HEADER_BYTES 110 /* the magic and thirteen fields of eight hex digits */
#define MAGIC_BYTES 6
#define FIELD_SIZE 6
#define FIELD_NAME_SIZE 11
#define TRAILER "TRAILER!!!"

/* More than any initramfs, and less than a 32-bit program can have. */
#define UNPACKED_MAX ((size_t)1 << 30)

struct entry {
	struct bytes name; /* with its NUL */
	struct bytes content;
	uint64_t end;
};

static bool parse_field(const uint8_t *header, unsigned int number, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < 8; i++) {
		uint8_t digit = header[MAGIC_BYTES + number * 8 + i];

		if (digit >= '0' && digit <= '9')
			value = value * 16 + digit - '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			value = value * 16 + (digit | 0x20) - 'a' + 10;
		else
			return false;
	}
	*ret_value = value;
	return true;
}

static bool is_archive(struct bytes bytes, uint64_t at)
{
	return bytes_contain(bytes, at, HEADER_BYTES) &&
	       (!memcmp(bytes.data + at, "070701", MAGIC_BYTES) || !memcmp(bytes.data + at, "070702", MAGIC_BYTES));
}

/* Offsets are those within the archive's file, which begins at a multiple of four. */
static uint64_t padded(uint64_t offset)
{
	return (offset + 3) & ~UINT64_C(3);
}

static bool parse_entry(struct bytes bytes, uint64_t at, struct entry *ret_entry)
{
	uint64_t size, name_size, content_at;
	struct entry entry;

	if (!is_archive(bytes, at) || !parse_field(bytes.data + at, FIELD_SIZE, &size) ||
	    !parse_field(bytes.data + at, FIELD_NAME_SIZE, &name_size) || !name_size)
		return false;
	content_at = padded(at + HEADER_BYTES + name_size);
	if (!bytes_part(bytes, at + HEADER_BYTES, name_size, &entry.name) || entry.name.data[name_size - 1] ||
	    !bytes_part(bytes, content_at, size, &entry.content))
		return false;
	/* The last entry of a file may lack its padding. */
	entry.end = padded(content_at + size);
	*ret_entry = entry;
	return true;
}

static const char *plain_name(const char *name)
{
	if (!strncmp(name, "./", 2))
		name += 2;
	while (*name == '/')
		name++;
	return name;
}

/* Visits one archive, from *at on, and moves *at behind it. *ret_more is whether the search goes on. */
static struct error *visit_archive(struct bytes bytes, uint64_t *at, initramfs_visitor *visit, void *context,
				   bool *ret_more)
{
	struct entry entry;

	for (*ret_more = true; *ret_more; *at = entry.end) {
		if (!parse_entry(bytes, *at, &entry))
			return error_new("the cpio archive in it is damaged");
		if (!strcmp((const char *)entry.name.data, TRAILER)) {
			*at = entry.end;
			return NULL;
		}
		*ret_more = visit(context, plain_name((const char *)entry.name.data), entry.content);
	}
	return NULL;
}

static uint64_t skip_zeros(struct bytes bytes, uint64_t at)
{
	while (at < bytes.size && !bytes.data[at])
		at++;
	return at;
}

/* All archives one after the other; *at is where something else begins, or the end. */
static struct error *visit_archives(struct bytes bytes, uint64_t *at, initramfs_visitor *visit, void *context,
				    bool *ret_more)
{
	struct error *error = NULL;

	*ret_more = true;
	*at = skip_zeros(bytes, 0);
	while (!error && *ret_more && is_archive(bytes, *at)) {
		error = visit_archive(bytes, at, visit, context, ret_more);
		*at = skip_zeros(bytes, *at);
	}
	return error;
}

struct error *initramfs_visit(struct bytes initramfs, initramfs_visitor *visit, void *context)
{
	AUTO_FREE uint8_t *unpacked = NULL;
	struct bytes packed, inner = { 0 };
	uint64_t at;
	bool more;
	struct error *error = visit_archives(initramfs, &at, visit, context, &more);

	if (error || !more || at >= initramfs.size)
		return error;
	if (!bytes_part(initramfs, at, initramfs.size - at, &packed) || !compression_name(packed))
		return error_new("it is compressed in a way that is not known");
	error = decompress(packed, UNPACKED_MAX, &unpacked, &inner.size);
	inner.data = unpacked;
	if (!error)
		error = visit_archives(inner, &at, visit, context, &more);
	if (!error && more && at < inner.size)
		error = error_new("what is compressed in it is no cpio archive");
	return error;
}
