/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The note that kdump adds to a snapshot: the file systems and swap areas
 * that the saved kernel used, or, if these are not known, all that the
 * machine's block devices held when it was saved. Each has a digest of the
 * places that change when it is written to. The saved kernel caches these
 * file systems, so it must not resume after one of them has changed.
 *
 * A file system on LVM, LUKS or RAID has places: the parts of other records'
 * devices that its digest covers, one after the other. A restoring kernel
 * reads them without assembling the device.
 *
 * A list in the same format, with zeros as digests, passes from the kernel
 * to be saved to the kernel that saves it (kdump --used).
 *
 * ELF note name KJUMP_NOTE_NAME, type KJUMP_FILESYSTEMS_NOTE_TYPE; little
 * endian. The records follow the header, one after the other. Readers skip
 * bytes after the fields they know, and refuse another version; a change of
 * what a digest covers is a new version.
 */
#ifndef KJ_KJUMP_FILESYSTEMS_NOTE_H
#define KJ_KJUMP_FILESYSTEMS_NOTE_H

#include <stddef.h>
#include <stdint.h>

#define KJUMP_FILESYSTEMS_NOTE_TYPE 0x4b4a0002
/* 1: the digest covered less of ntfs, exfat and swap. 2: all file systems, no flags, no places. */
#define KJUMP_FILESYSTEMS_NOTE_VERSION 3

#define KJUMP_FILESYSTEM_DIGEST_BYTES 16

struct kjump_filesystems {
	uint32_t version;
	uint32_t size_bytes; /* of this struct; the records come after that many bytes */
	uint32_t count;      /* of records */
	uint32_t reserved;
};

/* Used, but without a digest: writes to it cannot be detected. */
#define KJUMP_FILESYSTEM_UNWATCHED UINT32_C(1)
/* A member of an array whose content other records' places cover: an assembly may write to its header. */
#define KJUMP_FILESYSTEM_PLACES_ONLY UINT32_C(2)
/* Not known to be used; has the UUID of a used one. It may be absent, but must not have changed. */
#define KJUMP_FILESYSTEM_TWIN UINT32_C(4)

struct kjump_filesystem {
	uint32_t size_bytes;  /* of the record with its texts, a multiple of 8 */
	uint32_t text_offset; /* in the record: type, UUID, label, device, sub-UUID, each with a NUL at its end; or "" */
	uint64_t device_bytes;
	uint8_t digest[KJUMP_FILESYSTEM_DIGEST_BYTES]; /* defined in filesystem_digest.h */
	uint32_t flags;
	uint32_t place_count; /* struct kjump_filesystem_place, after this struct */
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
