/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays of md are marked as dirty on their disks while something is written to them, and as clean a moment after
 * (safe_mode_delay, a fifth of a second). Who assembles a dirty one starts a resync, which writes to it.
 * Source: the kernel's Documentation/admin-guide/md.rst, array_state.
 */
#ifndef KJ_MD_ARRAYS_H
#define KJ_MD_ARRAYS_H

/*
 * Waits until all arrays are clean, as sysfs below the folder `root` shows, at most so long. The names of those
 * that are not, with commas between them; heap, "" if there are none.
 */
char *md_arrays_wait_clean(const char *root, unsigned int milliseconds);

#endif
