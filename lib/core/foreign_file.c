/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/foreign_file.h"

#include <string.h>

#include "lib/base/alloc.h"

static const struct {
	const char *magic;
	const char *texts[2]; /* by enum foreign_use */
} files[] = {
	{ "07070", { "a cpio archive: give an initramfs with --initrd", NULL } },
	{ "MZ", { "an EFI program: neither a kernel with a setup header nor a UKI", NULL } },
	{ "#!", { "a script", NULL } },
	{ "KDUMP   ", { "a compressed dump: makedumpfile -E writes one that can be loaded",
			"a compressed dump: makedumpfile -E writes one that can be restored" } },
	{ "makedumpfile", { NULL, "a dump for a pipe: makedumpfile -R makes a core of one that was written with -E" } },
	{ "KHIMAGE", { "a khimage: restore it with krestore", NULL } },
	{ "!<arch>", { "an archive of object files", NULL } },
};

const char *foreign_file_text(struct bytes head, enum foreign_use use)
{
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		size_t length = strlen(files[i].magic);

		if (head.size >= length && !memcmp(head.data, files[i].magic, length))
			return files[i].texts[use];
	}
	return NULL;
}
