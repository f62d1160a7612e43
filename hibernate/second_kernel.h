/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads the kernel that saves this one's memory (B), and the one that restores a
 * saved kernel's (C): the same kernel and initramfs with different command lines,
 * which begin with that of the running kernel (console, quirks).
 */
#ifndef KJ_SECOND_KERNEL_H
#define KJ_SECOND_KERNEL_H

#include <stdint.h>

#include "hibernate/khibernate_config.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/core/jump_note.h"
#include "lib/disk/unneeded_drivers.h"
#include "lib/khimage/khimage_parse.h"

/*
 * The command line: `current` without its parameters for memory, root file
 * system and boot, then `append` and `words`, whose lists of drivers are added to those given. Heap.
 */
char *second_kernel_cmdline(const char *current, const char *append, const char *words);

/*
 * The words that make B save to the configured device, if that is the khimage
 * with this generation and boot id, for B may find disks in another order; when
 * so many disks are there. `mailbox_word` of mailbox.h. Heap.
 */
char *second_kernel_save_words(const struct khibernate_config *config, const struct khimage_superblock *superblock,
			       unsigned int disks, const char *mailbox_word);

/*
 * The words of any such kernel, with those that leave out the driver of a balloon, if the machine below `root` has one; heap.
 * The host asks each kernel for what is too much of all memory, and the window is less than that.
 */
char *second_kernel_without_balloon(const char *root, const char *words);

/* The words, and those that keep B's hands off what only these drivers would touch. Heap. */
char *second_kernel_without_drivers(const char *words, const struct unneeded_drivers *drivers);

/*
 * What the saving kernel needs beside itself and its initramfs, and the one that restores in the same window: little
 * runs there, and all of the window is copied at each jump. kdump and krestore have buffers of fixed sizes, a kernel
 * has memory for each CPU of the machine below `root`, also for those that the caller may not run on.
 */
uint64_t second_kernel_spare_bytes(const char *root);

/*
 * Loads B, to be jumped to; it replaces what is loaded. `used`, if it has bytes, is the file SECOND_KERNEL_USED in
 * B's initramfs: the list of file systems that this kernel uses (include/kjump_filesystems_note.h). `key`, if it has
 * bytes, is SECOND_KERNEL_SAVING_KEY: it is passed in memory only.
 */
struct error *second_kernel_load_saver(const struct khibernate_config *config, const char *words, struct bytes used,
				       struct bytes key);

#define SECOND_KERNEL_FOLDER "khibernate"
#define SECOND_KERNEL_USED "used"
#define SECOND_KERNEL_SAVING_KEY "saving.key"
#define SECOND_KERNEL_SNAPSHOT_KEY "snapshot.key"

/*
 * Loads C into the window of a saved kernel, and nowhere else, to restore
 * the snapshot with this superblock on `device` (as device_name_find takes it). `kernel` and
 * `initrd` are C's files. `key`, if it has bytes, is SECOND_KERNEL_SNAPSHOT_KEY in its initramfs, so that it asks for no
 * passphrase.
 */
struct error *second_kernel_load_restorer(const char *kernel, const char *initrd, const char *append,
					  const char *device, const struct khimage_superblock *superblock,
					  const struct jump_note *note, struct bytes key);

/*
 * Prints that a kernel that is loaded for kexec -e, by another program, is about to be replaced; whether it is. It would
 * not be the next boot either: a machine that hibernates is switched off, or restarted by its firmware.
 */
bool second_kernel_print_replaced(void);

/* When this kernel is back: has kexec-load.service, if it is active, load its kernel again (systemd/). */
void second_kernel_load_replaced(void);

#endif
