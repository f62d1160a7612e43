/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places of an NTFS that a mount or a write changes. Every record of the
 * table of files ($MFT) has a number that grows each time the record is
 * written, so a change that was reverted is detected, too (update sequence
 * number: ntfs_fix_pre_write, fs/ntfs3/fsntfs.c).
 *
 *	the first 64 KiB            the boot sector: the offsets of the rest
 *	the table's first MiB       $Volume, which is marked while it is mounted, the root folder, the oldest files
 *	the beginning of $LogFile   every driver that mounts it empties it or continues to write there
 *	$Bitmap, $MFT's own bitmap  which clusters and which records are in use
 */
#ifndef KJ_NTFS_DIGEST_H
#define KJ_NTFS_DIGEST_H

#include "lib/disk/digest_reader.h"

/* Adds these places; skips those that the boot sector or a damaged record does not contain. Errors: reading. */
struct error *ntfs_digest_add(const struct digest_reader *reader);

#endif
