/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are given in place of a kernel or of a saved one, known by their first bytes. */
#ifndef KJ_FOREIGN_FILE_H
#define KJ_FOREIGN_FILE_H

#include "lib/base/bytes.h"

enum foreign_use { FOREIGN_TO_LOAD, FOREIGN_TO_RESTORE };

/* "a script", with the remedy where there is one; NULL: not known, or nothing to be said of it for this use. */
const char *foreign_file_text(struct bytes head, enum foreign_use use);

#endif
