/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The note that kdump adds to an image: which file systems and swap areas
 * the machine's block devices held when it was saved, and a digest of the
 * places that change when one of them is written to. A saved kernel has all
 * of them in its memory as they were; it must not come back to others.
 *
 * ELF note name KJUMP_NOTE_NAME, type KJUMP_FILESYSTEMS_NOTE_TYPE; little
 * endian. The records follow the header, one after the other. Readers skip
 * what is behind the fields they know, and refuse another version; a digest
 * that is made in another way is another version.
 */
#ifndef KJ_KJUMP_FILESYSTEMS_NOTE_H
#define KJ_KJUMP_FILESYSTEMS_NOTE_H

#include <stddef.h>
#include <stdint.h>

#define KJUMP_FILESYSTEMS_NOTE_TYPE 0x4b4a0002
#define KJUMP_FILESYSTEMS_NOTE_VERSION 2 /* 1: less of ntfs, exfat and swap was in the digest */

#define KJUMP_FILESYSTEM_DIGEST_BYTES 16

struct kjump_filesystems {
	uint32_t version;
	uint32_t size_bytes; /* of this struct; the records come after that many bytes */
	uint32_t count;      /* of records */
	uint32_t reserved;
};

struct kjump_filesystem {
	uint32_t size_bytes;  /* of the record with its texts, a multiple of 8 */
	uint32_t text_offset; /* in the record: type, UUID, label, device, each with a NUL at its end; may be "" */
	uint64_t device_bytes;
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES]; /* hibernate/filesystem_digest.h says of what */
};

_Static_assert(sizeof(struct kjump_filesystems) == 16, "on-disk layout");
_Static_assert(offsetof(struct kjump_filesystem, digest) == 16, "on-disk layout");
_Static_assert(sizeof(struct kjump_filesystem) == 32, "on-disk layout");

#endif
