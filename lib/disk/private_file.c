/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/private_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

#define RIGHTS_OF_OTHERS 077

static struct error *check_folder(const char *folder, const char *path, uid_t owner)
{
	struct stat status;

	if (stat(folder, &status))
		return errno == ENOENT ? NULL : error_errno(errno, "cannot check the folder %s", folder);
	if ((status.st_uid == owner || !status.st_uid) && !(status.st_mode & (S_IWGRP | S_IWOTH)))
		return NULL;
	return error_new("%s cannot hold snapshots: users other than root can put another file in its place, for the "
			 "folder %s is not root's alone to write; use a file below /var/lib or /root", path, folder);
}

/* The folders of `path`, which has no links in it, from `root` on. */
static struct error *check_parents(const char *root, char *path, const char *file, uid_t owner)
{
	struct error *error = check_folder(root, file, owner);

	for (char *slash = strchr(path + strlen(root), '/'); !error && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		error = check_folder(path, file, owner);
		*slash = '/';
	}
	return error;
}

/* The folder of `path` without links, and a slash; the path as it is if the folder is not there. Heap. */
static char *resolved(const char *path)
{
	AUTO_FREE char *folder = xstrdup(path);
	char *slash = strrchr(folder, '/'), real[PATH_MAX];

	if (!slash)
		return xstrdup(path);
	slash[1] = '\0';
	return realpath(folder, real) ? xasprintf("%s/", strcmp(real, "/") ? real : "") : xstrdup(path);
}

static struct error *check_folders(const char *root, const char *path, uid_t owner)
{
	AUTO_FREE char *full_path = path_below(root, path);
	AUTO_FREE char *real = resolved(full_path);
	char real_root[PATH_MAX];

	/* Both without links: the root is a beginning of the path, unless a link leads out of it. */
	if (!realpath(root, real_root) || strncmp(real, real_root, strlen(real_root)) != 0)
		strcpy(real_root, "/");
	return check_parents(real_root, real, path, owner);
}

static struct error *check_file(const char *full_path, const char *path, uid_t owner, struct stat *ret_status)
{
	if (lstat(full_path, ret_status))
		return error_errno(errno, "cannot check who can read %s", path);
	if (!S_ISREG(ret_status->st_mode))
		return error_new("%s is no file", path);
	if (ret_status->st_uid != owner)
		return error_new("%s is a file of the user %u, who can read and change what is saved to it: chown root it, "
				 "or use another one", path, (unsigned int)ret_status->st_uid);
	if (ret_status->st_nlink == 1)
		return NULL;
	return error_new("%s has %lu names (hard links), and others may be in folders of other users: remove them, or "
			 "use another file", path, (unsigned long)ret_status->st_nlink);
}

static struct error *check_but_rights(const char *root, const char *path, uid_t owner, struct stat *ret_status)
{
	AUTO_FREE char *full_path = path_below(root, path);
	struct error *error = check_folders(root, path, owner);

	return error ? error : check_file(full_path, path, owner, ret_status);
}

struct error *private_file_check_but_rights(const char *root, const char *path, uid_t owner)
{
	struct stat status;

	return check_but_rights(root, path, owner, &status);
}

struct error *private_file_check(const char *root, const char *path, uid_t owner)
{
	struct stat status;
	struct error *error = check_but_rights(root, path, owner, &status);

	if (error || !(status.st_mode & RIGHTS_OF_OTHERS))
		return error;
	return error_new("%s has the rights %03o: other users could read what is saved to it, or change it. "
			 "\"khibernate setup\" takes these rights away", path, (unsigned int)status.st_mode & 0777);
}

struct error *private_file_make(const char *root, const char *path, uid_t owner)
{
	AUTO_FREE char *full_path = path_below(root, path);
	struct stat status;
	struct error *error = check_but_rights(root, path, owner, &status);

	if (error || !(status.st_mode & RIGHTS_OF_OTHERS))
		return error;
	if (chmod(full_path, 0600))
		return error_errno(errno, "cannot take from other users the right to use %s (\"chattr -i\", then \"chmod 600\")",
				   path);
	return NULL;
}
