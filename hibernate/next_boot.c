/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/next_boot.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hibernate/encryption.h"
#include "hibernate/initramfs_content.h"
#include "hibernate/next_boot_entry.h"
#include "hibernate/place_hooks.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "purgatory/xxh64.h"

/* ---- which kernel ---- */

#define KERNEL_FILE "vmlinuz-"

/* The initramfs of a kernel that is in /boot, as Debian, Fedora and Arch name it; heap, NULL if there is none. */
static char *initramfs_of(const char *root, const char *version)
{
	static const char *const names[] = { "/boot/initrd.img-%s", "/boot/initramfs-%s.img", "/boot/initrd-%s" };

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		const char *at = strstr(names[i], "%s");
		char *path = xasprintf("%.*s%s%s", (int)(at - names[i]), names[i], version, at + 2);
		AUTO_FREE char *below = path_below(root, path);

		if (!access(below, F_OK))
			return path;
		free(path);
	}
	return NULL;
}

/* Whether the name of a boot loader's entry has this version in it: "…gnulinux-6.1.0-30-amd64-advanced-…". */
static bool names_version(const char *entry, const char *version)
{
	const char *at = strstr(entry, version);
	char after = at ? at[strlen(version)] : '\0';

	/* "6.1.0-3" is not in "6.1.0-30". */
	return at && !(after >= '0' && after <= '9') && (at == entry || !(at[-1] >= '0' && at[-1] <= '9'));
}

/* The newest kernel with an initramfs in /boot; if `entry` is not NULL, of those that it names. Heap, or NULL. */
static char *find_version(const char *root, const char *entry)
{
	AUTO_FREE char *boot = path_below(root, "/boot");
	DIR *folder = opendir(boot);
	const struct dirent *file;
	char *found = NULL;

	if (!folder)
		return NULL;
	while ((file = readdir(folder))) {
		const char *version = file->d_name + strlen(KERNEL_FILE);
		bool is_kernel = !strncmp(file->d_name, KERNEL_FILE, strlen(KERNEL_FILE)) &&
				 (!entry || names_version(entry, version));
		AUTO_FREE char *initramfs = is_kernel ? initramfs_of(root, version) : NULL;

		if (!initramfs || (found && strverscmp(version, found) < 0))
			continue;
		free(found);
		found = xstrdup(version);
	}
	closedir(folder);
	return found;
}

/* *ret_initramfs is NULL if nothing is known. */
static struct error *find_initramfs(const char *root, char **ret_initramfs)
{
	struct next_boot_entry next = next_boot_entry_find(root);
	AUTO_FREE char *entry = next.entry;
	AUTO_FREE char *saved = entry ? NULL : next_boot_saved_entry(root);
	AUTO_FREE char *version = find_version(root, entry ? entry : saved);

	if (entry && !version)
		return error_new("the next boot is \"%s\", chosen by %s, and no kernel of this system in /boot: what it mounts, "
				 "the snapshot would destroy. \"%s\" takes that back; --force, if it resumes", entry, next.by,
				 next.undo);
	*ret_initramfs = version ? initramfs_of(root, version) : NULL;
	return NULL;
}

/* ---- what is in its initramfs ---- */

/* A file of the initramfs, and what it should have. */
struct wanted {
	char *name;         /* in the initramfs, without "/" before it */
	const char *shown;  /* the name of which a user knows */
	const char *effect; /* of its lack: "the next boot ..." */
	char *text;
	struct bytes now; /* in `text` */
	bool is_program, is_there, is_same;
};

struct search {
	struct wanted *files;
	size_t count, capacity;
	bool has_program;
};

static void search_deinit(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		free(search->files[i].name);
		free(search->files[i].text);
	}
	free(search->files);
}
#define AUTO_SEARCH __attribute__((cleanup(search_deinit)))

/*
 * dracut strips programs, and makes files with the same content one: newc has the content with the last of its names
 * only.
 */
static bool may_differ(const struct wanted *wanted, struct bytes content)
{
	return wanted->is_program &&
	       (!content.size || (wanted->now.size >= 4 && !memcmp(wanted->now.data, "\177ELF", 4)));
}

static void compare(struct wanted *wanted, const char *name, struct bytes content)
{
	if (strcmp(name, wanted->name) != 0)
		return;
	wanted->is_there = true;
	wanted->is_same = may_differ(wanted, content) ||
			  (content.size == wanted->now.size &&
			   (!content.size || !memcmp(content.data, wanted->now.data, content.size)));
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return length >= end_length && !strcmp(name + length - end_length, end);
}

static bool note_entry(void *context, const char *name, struct bytes content)
{
	struct search *search = context;

	/* /sbin may be a link to /usr/sbin. */
	if (!strcmp(name, "sbin/khibernate") || !strcmp(name, "usr/sbin/khibernate") || ends_with(name, "bin/khibernate"))
		search->has_program |= content.size > 0;

	bool has_all = search->has_program;

	for (size_t i = 0; i < search->count; i++) {
		compare(&search->files[i], name, content);
		has_all &= search->files[i].is_there;
	}
	return !has_all;
}

static struct error *judge(const struct search *search, const char *path)
{
	static const char again[] = "make it again (update-initramfs -u -k all; dracut -f --regenerate-all); --force, if the "
				    "next boot resumes";

	if (!search->has_program)
		return error_new("the next boot cannot resume: %s, the initramfs of its kernel, has no khibernate in it; install "
				 "the hook and %s", path, again);
	for (size_t i = 0; i < search->count; i++) {
		const struct wanted *wanted = &search->files[i];

		if (!wanted->is_same)
			return error_new("the next boot %s: %s, the initramfs of its kernel, has %s %s; %s", wanted->effect, path,
					 wanted->is_there ? "another" : "no", wanted->shown, again);
	}
	return NULL;
}

static struct error *look_into(const char *root, const char *path, struct search *search)
{
	AUTO_FREE char *below = path_below(root, path);
	AUTO_MAPPED_FILE struct mapped_file file = { 0 };
	struct error *error = mapped_file_init(&file, "initramfs", below);

	if (!error)
		error = initramfs_visit(file.bytes, note_entry, search);
	if (!error)
		return judge(search, path);
	/* Of what cannot be read nothing is known. */
	fprintf(stderr, "khibernate: whether the next boot resumes is not known: %s: %s\n", path, error_text(error));
	error_free(error);
	return NULL;
}

/* ---- what was seen before ---- */

/* Unpacking takes a second or more. Heap; NULL if the file is not there. */
static char *identity(const char *root, const char *path, const struct search *search)
{
	AUTO_FREE char *below = path_below(root, path);
	struct xxh64 digest;
	struct stat status;

	if (stat(below, &status))
		return NULL;
	xxh64_init(&digest);
	for (size_t i = 0; i < search->count; i++) {
		const struct wanted *wanted = &search->files[i];

		xxh64_update(&digest, wanted->name, strlen(wanted->name) + 1);
		xxh64_update(&digest, wanted->now.data, wanted->now.size);
	}
	return xasprintf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 ".%09ld %016" PRIx64, path, (uint64_t)status.st_ino,
			 (uint64_t)status.st_size, (uint64_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec, xxh64_value(&digest));
}

static bool was_seen(const char *root, const char *text)
{
	AUTO_FREE char *line = first_line_or_null(root, NEXT_BOOT_SEEN);

	return line && !strcmp(line, text);
}

/* Best effort: it is looked into again. */
static void remember(const char *root, const char *text)
{
	AUTO_FREE char *path = path_below(root, NEXT_BOOT_SEEN);
	AUTO_FREE char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	FILE *file;

	if (mkdir(folder, 0755) && errno != EEXIST)
		return;
	file = fopen(path, "we");
	if (!file)
		return;
	fprintf(file, "%s\n", text);
	fclose(file);
}

/* Adds the file at `path` as it is now; `file` has the rest. Takes ownership of its name. */
static struct error *want(struct search *search, const char *root, const char *path, struct wanted file)
{
	search->files = xgrow(search->files, &search->capacity, search->count + 1, sizeof(*search->files));

	struct wanted *wanted = &search->files[search->count++];
	size_t size = 0;

	*wanted = file;
	wanted->shown = path;
	struct error *error = read_small_file(*path == '/' ? root : ".", path, &wanted->text, &size);

	if (!error)
		wanted->now = (struct bytes){ (const uint8_t *)wanted->text, size };
	return error;
}

static struct error *want_all(struct search *search, const char *root, const struct next_boot_files *files)
{
	struct error *error = want(search, root, files->config_path,
				   (struct wanted){ .name = xstrdup("etc/khibernate.conf"),
						    .effect = "may not find the snapshot" });

	if (!error && files->key_path)
		error = want(search, root, files->key_path,
			     (struct wanted){ .name = xstrdup("etc/khibernate/restoring.key"),
					      .effect = "could not open the snapshot" });
	for (size_t i = 0; !error && i < files->hooks.count; i++) {
		const char *path = files->hooks.names[i];

		error = want(search, root, path,
			     (struct wanted){ .name = xasprintf("etc/khibernate/hooks.d/%s", strrchr(path, '/') + 1),
					      .effect = "could not set up the place of the snapshot", .is_program = true });
	}
	return error;
}

static struct error *check_initramfs(const char *root, const char *path, const struct next_boot_files *files)
{
	AUTO_SEARCH struct search search = { 0 };
	struct error *error = want_all(&search, root, files);
	AUTO_FREE char *text = error ? NULL : identity(root, path, &search);

	if (error || (text && was_seen(root, text)))
		return error;
	error = look_into(root, path, &search);
	if (!error && text)
		remember(root, text);
	return error;
}

struct error *next_boot_check(const char *root, const struct next_boot_files *files, char **ret_initramfs)
{
	AUTO_FREE char *path = NULL;
	struct error *error = find_initramfs(root, &path);

	if (!error && path)
		error = check_initramfs(root, path, files);
	if (!error)
		*ret_initramfs = TAKE_PTR(path);
	return error;
}

struct error *next_boot_check_usual(const struct invocation *invocation, char **ret_initramfs)
{
	AUTO_FREE char *key = encryption_restoring_path(invocation);
	AUTO_FOLDER_NAMES struct folder_names hooks = { 0 };

	place_hooks_find(invocation, &hooks);

	const struct next_boot_files files = { .config_path = invocation->config_path,
					       .key_path = encryption_is_set(invocation) ? key : NULL, .hooks = hooks };

	return next_boot_check("/", &files, ret_initramfs);
}
