/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of a snapshot's place. */
#include "lib/disk/storage_name.h"

#include <stdlib.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"

static void members(const char *name, const char *wanted)
{
	char *all = NULL, *member;

	for (size_t i = 0; (member = storage_name_member(name, i)); i++) {
		char *before = all;

		all = before ? xasprintf("%s | %s", before, member) : xstrdup(member);
		free(before);
		free(member);
	}
	is_text(all, wanted, "members of %s", name);
	free(all);
}

static void splits(const char *name, const char *wanted, uint64_t wanted_offset)
{
	AUTO_FREE char *path = NULL;
	uint64_t offset = 0;
	bool is_mapped = storage_name_split(name, &path, &offset);

	is_text(path, wanted, "the device of %s", name);
	ok(is_mapped == (wanted_offset > 0) && offset == wanted_offset, "its offset");
}

int main(void)
{
	AUTO_FREE char *name = NULL;

	members("/dev/sda2", "/dev/sda2");
	members("PARTUUID=1@4096", "PARTUUID=1@4096");
	members("PARTUUID=1@4096,PARTUUID=2@8192", "PARTUUID=1@4096 | PARTUUID=2@8192");
	members("/dev/a,b@4096,/dev/c@1,/dev/d@22", "/dev/a,b@4096 | /dev/c@1 | /dev/d@22");
	members("LABEL=a,b", "LABEL=a,b");
	members("LABEL=1,2", "LABEL=1,2");
	splits("/dev/sda2@4096", "/dev/sda2", 4096);
	splits("/dev/sda2", "/dev/sda2", 0);
	splits("/dev/mail@home", "/dev/mail@home", 0);
	ok(storage_name_is_mapped("/dev/a@0") && storage_name_is_mapped("/dev/a@0,/dev/b@0"), "parts, and mirrors of them");
	ok(!storage_name_is_mapped("/dev/a") && !storage_name_is_mapped("/dev/a,/dev/b"), "something whole");
	storage_name_add(&name, "/dev/a@1");
	storage_name_add(&name, "/dev/b@2");
	is_text(name, "/dev/a@1,/dev/b@2", "a name of two");
	return tap_done();
}
