/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files. Big ones (kernels, initrds, images) are mapped, never read into
 * memory; the small text files of /proc and /sys are read whole.
 */
#ifndef KJ_FILE_H
#define KJ_FILE_H

#include "bytes.h"
#include "error.h"

/* A regular file mapped read-only and private. Zero-initialise; deinit takes zeroed ones. */
struct mapped_file {
	struct bytes bytes;
	char *path;
};

/*
 * Maps `path`. `what` names its role in messages ("kernel image", "initrd").
 * Refused with a message of its own each: no such file, no permission, a
 * directory, a FIFO, a device (/dev/zero), a socket, an empty file, a file
 * too large for the address space. The file must not be made shorter while
 * it is mapped: that ends the program with SIGBUS.
 */
struct error *mapped_file_init(struct mapped_file *file, const char *what, const char *path);
void mapped_file_deinit(struct mapped_file *file);
#define AUTO_MAPPED_FILE __attribute__((cleanup(mapped_file_deinit)))

/* Opens a file for the kernel to read, refused as by mapped_file_init; the caller closes *ret_fd. */
struct error *open_file(const char *what, const char *path, int *ret_fd);

/*
 * The whole content of a small file (at most 64 MiB; /proc files give no
 * size, so it is read until its end) below the folder `root` ("/" is the
 * live system), as heap memory with a NUL after it that *ret_size does not
 * count. ret_size may be NULL. The error's errno value is kept (ENOENT).
 */
struct error *read_small_file(const char *root, const char *path, char **ret_text, size_t *ret_size);

/* `root` and `path` joined; heap. */
char *path_below(const char *root, const char *path);

#endif
