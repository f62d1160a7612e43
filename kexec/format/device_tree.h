/* SPDX-License-Identifier: GPL-2.0-only */
/* A flattened device tree (devicetree specification 0.4, chapter 5), as far as a loader reads it. */
#ifndef KJ_DEVICE_TREE_H
#define KJ_DEVICE_TREE_H

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/*
 * The blob at the beginning of `bytes`, of the length in its header; borrowed.
 * Errors: no magic number, cut off, a size smaller than the header.
 */
struct error *device_tree_blob(struct bytes bytes, struct bytes *ret_blob);

#endif
