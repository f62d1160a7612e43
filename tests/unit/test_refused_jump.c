/* SPDX-License-Identifier: GPL-2.0-only */
/* The message of a placing program that refused and reset the machine is found by its token, and by no other. */
#include "hibernate/refused_jump.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "include/place_param.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"

#define TOKEN UINT64_C(0x0123456789abcdef)
#define IOMEM "00001000-0009ffff : System RAM\n00100000-07ffffff : System RAM\n100000000-10fffffff : System RAM\n"

/* Whether a message with `token`, and `inverted` beside it, is found at `address`. */
static bool finds(const char *folder, uint64_t address, uint64_t token, uint64_t inverted)
{
	AUTO_CORE struct core_builder core = { .arch = &arch_x86_64, .paging_levels = 4 };
	const struct place_refused message = { PLACE_REFUSED_MAGIC, token, inverted };
	AUTO_FREE char *proc = xasprintf("%s/proc", folder);
	AUTO_FREE char *kcore = xasprintf("%s/kcore", proc);

	mkdir(proc, 0755);
	core_load(&core, 0xffff888000000000, 0, 128 * MIB);
	core_load(&core, 0xffff888100000000, 4 * GIB, 256 * MIB);
	core_write(&core, address, &message, sizeof(message));
	core_write_file(&core, kcore);
	AUTO_FREE char *iomem = write_file(proc, "iomem", (struct bytes){ (const uint8_t *)IOMEM, strlen(IOMEM) });
	bool found = refused_jump_left(folder, TOKEN);

	unlink(kcore);
	unlink(iomem);
	rmdir(proc);
	return found;
}

int main(void)
{
	char *folder = make_folder();

	ok(finds(folder, 2 * MIB, TOKEN, ~TOKEN), "a message in the first place");
	ok(finds(folder, 126 * MIB, TOKEN, ~TOKEN), "in the last one below 4 GiB");
	ok(finds(folder, 4 * GIB + 254 * MIB, TOKEN, ~TOKEN), "in the last one of all");
	ok(!finds(folder, 4 * MIB + 4096, TOKEN, ~TOKEN), "elsewhere it may be a copy of the program's file");
	ok(!finds(folder, 4 * MIB, TOKEN + 1, ~(TOKEN + 1)), "that of another jump");
	ok(!finds(folder, 4 * MIB, TOKEN, ~TOKEN ^ 1), "a damaged one");
	ok(!refused_jump_left(folder, TOKEN), "a kernel that does not show its memory");
	remove_folder(folder);
	return tap_done();
}
