/* SPDX-License-Identifier: GPL-2.0-only */
/* The names in a folder. */
#ifndef KJ_FOLDER_H
#define KJ_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise. */
struct folder_names {
	char **names; /* in the order of strcmp(3), each once */
	size_t count, capacity;
};

/*
 * Adds the names in the folder `folder` below `root` that `is_wanted` wants; of one that cannot be read, none. They are
 * read before the first is looked at: what comes later is not among them, and what is may be gone.
 */
void folder_names_add(struct folder_names *names, const char *root, const char *folder, bool (*is_wanted)(const char *name));
void folder_names_deinit(struct folder_names *names);
#define AUTO_FOLDER_NAMES __attribute__((cleanup(folder_names_deinit)))

/* The same with the processes: /proc's names that are numbers. */
void process_names_add(struct folder_names *names, const char *root);

/* Whether a name is all digits. */
bool is_number_name(const char *name);

/* Whether sysfs calls a device of virtio so. */
bool is_virtio_name(const char *name);

/* Whether a name does not begin with a dot. */
bool is_visible_name(const char *name);

#endif
