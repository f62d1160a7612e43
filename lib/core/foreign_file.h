/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that users give by mistake in place of a boot image or a snapshot, recognised by their first bytes. */
#ifndef KJ_FOREIGN_FILE_H
#define KJ_FOREIGN_FILE_H

#include "lib/base/bytes.h"

enum foreign_use { FOREIGN_TO_LOAD, FOREIGN_TO_RESTORE };

/* The kind of file, such as "a script", with the remedy if there is one; NULL: not known, or no text for this use. */
const char *foreign_file_text(struct bytes head, enum foreign_use use);

#endif
