/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The note that kdump adds to an image: which file systems and swap areas
 * the saved kernel used, or, if that is not known, all that the machine's
 * block devices held when it was saved; and a digest of the places that
 * change when one of them is written to. A saved kernel has them in its
 * memory as they were; it must not come back to others.
 *
 * A file system on LVM, LUKS or RAID has places: the parts of other records'
 * devices that its digest is of, one after the other. A kernel that restores
 * reads them without setting any of these up.
 *
 * The same bytes are the list that the kernel to be saved passes to the one
 * that saves it (kdump --used); its digests are zeros.
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
/* 1: less of ntfs, exfat and swap was in the digest. 2: all file systems, no flags, no places. */
#define KJUMP_FILESYSTEMS_NOTE_VERSION 3

#define KJUMP_FILESYSTEM_DIGEST_BYTES 16

struct kjump_filesystems {
	uint32_t version;
	uint32_t size_bytes; /* of this struct; the records come after that many bytes */
	uint32_t count;      /* of records */
	uint32_t reserved;
};

/* Used, but its digest is not known: nothing tells whether it is written to. */
#define KJUMP_FILESYSTEM_UNWATCHED UINT32_C(1)
/* A part of an array whose content is in other records' places: what an assembly writes to its header does no harm. */
#define KJUMP_FILESYSTEM_PLACES_ONLY UINT32_C(2)
/* Not known to be used: was found beside one that is, with the same UUID. It may be away, but it must not have changed. */
#define KJUMP_FILESYSTEM_TWIN UINT32_C(4)

struct kjump_filesystem {
	uint32_t size_bytes;  /* of the record with its texts, a multiple of 8 */
	uint32_t text_offset; /* in the record: type, UUID, label, device, sub-UUID, each with a NUL at its end; or "" */
	uint64_t device_bytes;
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES]; /* hibernate/filesystem_digest.h says of what */
	uint32_t flags;
	uint32_t place_count; /* struct kjump_filesystem_place, behind this struct */
};

struct kjump_filesystem_place {
	uint64_t offset; /* bytes, on the device of the record number `base` (from 0) */
	uint64_t size_bytes;
	uint32_t base;
	uint32_t reserved;
};

_Static_assert(sizeof(struct kjump_filesystems) == 16, "on-disk layout");
_Static_assert(offsetof(struct kjump_filesystem, digest) == 16, "on-disk layout");
_Static_assert(sizeof(struct kjump_filesystem) == 40, "on-disk layout");
_Static_assert(sizeof(struct kjump_filesystem_place) == 24, "on-disk layout");

#endif
