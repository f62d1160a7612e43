/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files. Big ones (kernels, initrds) are mapped, never read into memory; the
 * small text files of /proc and /sys are read whole.
 */
#ifndef KJ_FILE_H
#define KJ_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* A file's path and status at the time of its open. */
struct opened_file {
	char *path;
	struct stat status;
};

/*
 * Regular files mapped read-only and private: one, or several in sequence
 * (file_list.h). Zero-initialise; deinit accepts a zeroed one.
 */
struct mapped_file {
	struct bytes bytes;
	struct opened_file *files; /* owned */
	size_t file_count;
};

/*
 * Maps `path`. `what` names its role in messages ("kernel image", "initrd").
 * Refused, each with a message of its own: no such file, no permission, a
 * directory, a FIFO, a device (/dev/zero), a socket, an empty file, a file
 * too large for the address space. If the file becomes shorter while it is
 * mapped, reading the missing part raises SIGBUS (file_fault.h).
 */
struct error *mapped_file_init(struct mapped_file *file, const char *what, const char *path);
void mapped_file_deinit(struct mapped_file *file);
#define AUTO_MAPPED_FILE __attribute__((cleanup(mapped_file_deinit)))

/*
 * Error if a file has changed since it was mapped: a file that is still being
 * written would be loaded in part, or as a mixture. A new file of that name is
 * no change, as the mapping keeps the old one.
 */
struct error *mapped_file_check(const struct mapped_file *file, const char *what);

/* Records a file that is mapped into `file`; for callers that map several (file_list.c). */
void mapped_file_add_file(struct mapped_file *file, const char *path, const struct stat *status);

/* Opens a file for the kernel to read, refused as by mapped_file_init; the caller closes *ret_fd. */
struct error *open_file(const char *what, const char *path, int *ret_fd);

/*
 * The whole content of a small file (at most 64 MiB; read until its end, as
 * /proc files report no size) below the folder `root` ("/" is the live
 * system), as heap memory with a NUL after it that *ret_size does not count.
 * ret_size may be NULL. The error keeps its errno value (ENOENT).
 */
struct error *read_small_file(const char *root, const char *path, char **ret_text, size_t *ret_size);

/* The first line of a small file, without its newline; heap. For files of one value, as in /sys. */
struct error *read_first_line(const char *root, const char *path, char **ret_line);

/* The same; NULL if it cannot be read. */
char *first_line_or_null(const char *root, const char *path);

/* Writes to a file of one value, which must exist, as in /sys, in one write. False with errno after a failure. */
bool write_value(const char *path, const char *value);

/* Whether it is a regular file that may be executed. */
bool is_program_file(const char *path);

/* Whether the file lies in /proc, whatever path opened it: such a file reports no size, but can be mapped. */
bool file_is_of_proc(int fd);

/* `root` and `path` joined; heap. */
char *path_below(const char *root, const char *path);

#endif
