/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file within an initramfs: cpio archives in the kernel's format "newc", one after the other, of which the last may
 * be compressed. Format: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef KJ_INITRAMFS_CONTENT_H
#define KJ_INITRAMFS_CONTENT_H

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* What initramfs_visit finds: the name without "./" or "/" before it. Returns false to end the search. */
typedef bool initramfs_visitor(void *context, const char *name, struct bytes content);

/* Calls `visit` for each entry in order. Errors: an archive that is damaged, a compression that is not supported. */
struct error *initramfs_visit(struct bytes initramfs, initramfs_visitor *visit, void *context);

#endif
