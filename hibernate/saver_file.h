/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A saver (B) that was started once and sleeps in a file (kexec/load/save_asleep.h): khibernate prepare makes it,
 * khibernate hibernate loads it in place of B's kernel and initramfs. It is used only if it is the saver that would be
 * started now: the same kernel, initramfs and window, the same command line, and that under the same firmware.
 */
#ifndef KJ_SAVER_FILE_H
#define KJ_SAVER_FILE_H

#include "hibernate/khibernate_config.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"

/* The configured file; NULL: prepare=no. */
const char *saver_file_path(const struct khibernate_config *config);

/*
 * A number that differs if the files of kernel and initramfs (by size and time of change), the window, the
 * command line without the words of one save, or the firmware of the machine below `root` are others; never 0.
 */
struct error *saver_file_origin(const char *root, const struct khibernate_config *config, uint64_t *ret_origin);

/* Error, with the reason, if the saver in the file is not the one that would be started now. */
struct error *saver_file_check(const struct khibernate_config *config);

/*
 * Loads the sleeping saver, to be woken by a jump, with the parameters and the list of file systems that a saver
 * gets when it is started; it replaces what is loaded. Errors: those of saver_file_check; it does not fit this boot.
 */
struct error *saver_file_load(const struct khibernate_config *config, const char *words, struct bytes used);

#endif
