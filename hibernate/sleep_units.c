/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/sleep_units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

#define DROP_IN "/khibernate.conf"

/* The folders of drop-ins; and the operation of the unit's program, NULL for logind. */
static const struct drop_in {
	const char *folder;
	const char *operation;
} drop_ins[] = {
	{ "/etc/systemd/system/systemd-hibernate.service.d", "hibernate" },
	{ "/etc/systemd/system/systemd-hybrid-sleep.service.d", "hybrid-sleep" },
	{ "/etc/systemd/system/systemd-suspend-then-hibernate.service.d", "suspend-then-hibernate" },
	{ "/etc/systemd/system/systemd-logind.service.d", NULL },
};

static char *content(const struct drop_in *drop_in, const char *program)
{
	static const char first[] = "# Made by \"khibernate enable\"; \"khibernate disable\" removes it.\n[Service]\n";

	if (!drop_in->operation)
		return xasprintf("%sEnvironment=SYSTEMD_BYPASS_HIBERNATION_MEMORY_CHECK=1\n", first);
	/* A program with its path is one word, and "%" and "$" begin what systemd replaces. */
	return xasprintf("%sExecStart=\nExecStart=\"%s\" hibernate --sleep=%s\n", first, program, drop_in->operation);
}

static struct error *check_program(const char *program)
{
	return strpbrk(program, "\"\\%$\n") ? error_new("systemd would read \"%s\" as another name", program) : NULL;
}

/* Whole or not at all: a cut drop-in would have a unit without a program. */
static struct error *write_file(const char *path, const char *text)
{
	AUTO_FREE char *fresh = xasprintf("%s.new", path);
	FILE *file = fopen(fresh, "we");

	if (!file)
		return error_errno(errno, "cannot write %s", fresh);

	bool written = !fchmod(fileno(file), 0644) && fputs(text, file) >= 0 && !fflush(file) && !fsync(fileno(file));

	if (fclose(file) || !written || rename(fresh, path)) {
		struct error *error = error_errno(errno, "cannot write %s", path);

		unlink(fresh);
		return error;
	}
	return NULL;
}

/* /etc/systemd/system is every systemd's. */
static struct error *write_drop_in(const struct drop_in *drop_in, const char *root, const char *program)
{
	AUTO_FREE char *folder = path_below(root, drop_in->folder);
	AUTO_FREE char *path = xasprintf("%s" DROP_IN, folder);
	AUTO_FREE char *text = content(drop_in, program);

	if (mkdir(folder, 0755) && errno != EEXIST)
		return error_errno(errno, "cannot make the folder %s", folder);
	return write_file(path, text);
}

struct error *sleep_units_write(const char *root, const char *program)
{
	struct error *error = check_program(program);

	for (size_t i = 0; !error && i < ARRAY_COUNT(drop_ins); i++)
		error = write_drop_in(&drop_ins[i], root, program);
	return error;
}

struct error *sleep_units_remove(const char *root, bool *ret_removed)
{
	bool removed = false;

	for (size_t i = 0; i < ARRAY_COUNT(drop_ins); i++) {
		AUTO_FREE char *folder = path_below(root, drop_ins[i].folder);
		AUTO_FREE char *path = xasprintf("%s" DROP_IN, folder);

		if (!unlink(path))
			removed = true;
		else if (errno != ENOENT)
			return error_errno(errno, "cannot remove %s", path);
		/* Others may have files in it. */
		rmdir(folder);
	}
	*ret_removed = removed;
	return NULL;
}
