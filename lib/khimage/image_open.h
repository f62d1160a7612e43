/* SPDX-License-Identifier: GPL-2.0-only */
/* A saved image, opened for a person: if it is none, it is said what it is, and what makes an image of it. */
#ifndef KJ_IMAGE_OPEN_H
#define KJ_IMAGE_OPEN_H

#include "lib/base/error.h"
#include "lib/khimage/saved_image.h"

/* As saved_image_open. */
struct error *image_open(struct saved_image *image, const char *path);

#endif
