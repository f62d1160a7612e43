/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens a snapshot; for any other file the error names its format, and what makes a snapshot of it. */
#ifndef KJ_IMAGE_OPEN_H
#define KJ_IMAGE_OPEN_H

#include "lib/base/error.h"
#include "lib/khimage/saved_image.h"

/* As saved_image_open. */
struct error *image_open(struct saved_image *image, const char *path);

#endif
