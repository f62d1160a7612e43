/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkmark used|refused|wipe|hold|hold-encrypted|release FILE
 *
 * Does to the khimage in FILE what krestore does around a jump by placement: marks it as used, or takes the mark back
 * when the placing program has refused; overwrites what shows its content, as wipe=yes does. Or does to the swap area in FILE what khibernate does around a save: makes it
 * an empty khimage, FILE@0, and a swap area again; an encrypted one has no header that shows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "lib/disk/storage.h"
#include "lib/khimage/khimage.h"
#include "lib/khimage/khimage_swap.h"

#define TOKEN UINT64_C(0x123456789abcdef)

static struct error *use(const char *path)
{
	return khimage_set_used(path, &(struct khimage_times){ 0 }, TOKEN);
}

static struct error *take_back(const char *path)
{
	return khimage_set_state(path, KHIMAGE_COMMITTED);
}

static struct error *hold_any(const char *path, bool is_encrypted)
{
	AUTO_FREE char *name = xasprintf("%s@0", path);
	AUTO_EXTENTS struct extents blocks = { 0 };
	struct stat status;

	if (stat(path, &status))
		return error_new("there is no %s", path);
	extents_add(&blocks, (struct extent){ 0, (uint64_t)status.st_size });
	struct error *error = khimage_swap_prepare(name, &blocks, is_encrypted);

	return error ? error : khimage_swap_hold(name);
}

static struct error *hold(const char *path)
{
	return hold_any(path, false);
}

static struct error *hold_encrypted(const char *path)
{
	return hold_any(path, true);
}

static struct error *release(const char *path)
{
	AUTO_FREE char *name = xasprintf("%s@0", path);

	return khimage_swap_release(name, NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		struct error *(*act)(const char *path);
	} acts[] = { { "used", use }, { "refused", take_back }, { "wipe", khimage_wipe }, { "hold", hold }, { "hold-encrypted", hold_encrypted },
		    { "release", release } };

	for (size_t i = 0; argc == 3 && i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(argv[1], acts[i].name))
			return error_report(acts[i].act(argv[2]), "mkmark");
	fprintf(stderr, "usage: mkmark used|refused|wipe|hold|hold-encrypted|release FILE\n");
	return 2;
}
