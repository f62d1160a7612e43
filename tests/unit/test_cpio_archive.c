/* SPDX-License-Identifier: GPL-2.0-only */
/* The archive behind B's initramfs, as cpio(1) reads it: the kernel's own reader takes no other form. */
#include "hibernate/cpio_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fixtures.h"
#include "lib/base/alloc.h"
#include "tests/tap.h"

static char *output_of(const char *command)
{
	char *text = xcalloc(4096, 1);
	FILE *pipe = popen(command, "r");

	if (!pipe)
		exit(2);
	text[fread(text, 1, 4095, pipe)] = '\0';
	pclose(pipe);
	return text;
}

int main(void)
{
	size_t size;
	AUTO_FREE uint8_t *archive = cpio_archive_of("khibernate", "used", (struct bytes){ (const uint8_t *)"lists", 5 }, &size);
	char *folder = make_folder();
	AUTO_FREE char *path = write_file(folder, "archive", (struct bytes){ archive, size });
	AUTO_FREE char *list = xasprintf("cpio --list --verbose --numeric-uid-gid --quiet <%s 2>&1 | cut -c1-34", path);
	AUTO_FREE char *print = xasprintf("cpio --extract --to-stdout --quiet khibernate/used <%s", path);
	AUTO_FREE char *listed = output_of(list);
	AUTO_FREE char *content = output_of(print);

	is_u64(size % 4, 0, "another archive may follow");
	if (system("command -v cpio >/dev/null"))
		return tap_done();
	is_text(listed, "drwxr-xr-x   1 0        0         \n-rw-------   1 0        0         \n",
		"a folder and a file that root may read");
	is_text(content, "lists", "with its content");
	unlink(path);
	remove_folder(folder);
	return tap_done();
}
