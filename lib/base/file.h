/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files. Big ones (kernels, initrds, images) are mapped, never read into
 * memory; the small text files of /proc and /sys are read whole.
 */
#ifndef KJ_FILE_H
#define KJ_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* A file as it was when it was opened. */
struct opened_file {
	char *path;
	struct stat status;
};

/*
 * Regular files mapped read-only and private: one, or several behind each
 * other (file_list.h). Zero-initialise; deinit takes zeroed ones.
 */
struct mapped_file {
	struct bytes bytes;
	struct opened_file *files; /* owned: the files */
	size_t file_count;
};

/*
 * Maps `path`. `what` names its role in messages ("kernel image", "initrd").
 * Refused with a message of its own each: no such file, no permission, a
 * directory, a FIFO, a device (/dev/zero), a socket, an empty file, a file
 * too large for the address space. If it is made shorter while it is mapped,
 * reading what was cut off is a SIGBUS (file_fault.h).
 */
struct error *mapped_file_init(struct mapped_file *file, const char *what, const char *path);
void mapped_file_deinit(struct mapped_file *file);
#define AUTO_MAPPED_FILE __attribute__((cleanup(mapped_file_deinit)))

/*
 * Whether the files are still what they were when they were mapped: a file
 * that is being written would be loaded in part, or as a mixture. A new file of
 * that name is no change, for the mapping keeps the old one.
 */
struct error *mapped_file_check(const struct mapped_file *file, const char *what);

/* Remembers a file that is mapped into `file`; for those who map several (file_list.c). */
void mapped_file_add_file(struct mapped_file *file, const char *path, const struct stat *status);

/* Opens a file for the kernel to read, refused as by mapped_file_init; the caller closes *ret_fd. */
struct error *open_file(const char *what, const char *path, int *ret_fd);

/*
 * The whole content of a small file (at most 64 MiB; /proc files give no
 * size, so it is read until its end) below the folder `root` ("/" is the
 * live system), as heap memory with a NUL after it that *ret_size does not
 * count. ret_size may be NULL. The error's errno value is kept (ENOENT).
 */
struct error *read_small_file(const char *root, const char *path, char **ret_text, size_t *ret_size);

/* Whether it is a file of /proc, by whatever path it was opened: its size is not told, and it can be mapped. */
bool file_is_of_proc(int fd);

/* `root` and `path` joined; heap. */
char *path_below(const char *root, const char *path);

#endif
