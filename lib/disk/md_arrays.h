/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays of md are marked as dirty on their disks while something is written to them, and as clean a moment after
 * (safe_mode_delay, a fifth of a second). Assembling a dirty one starts a resync, which writes to it.
 * Source: the kernel's Documentation/admin-guide/md.rst, array_state.
 */
#ifndef KJ_MD_ARRAYS_H
#define KJ_MD_ARRAYS_H

/*
 * Waits until all arrays are clean, by sysfs below the folder `root`, up to the given time. Returns the names of
 * those that are not, separated by commas; heap, "" if there are none.
 */
char *md_arrays_wait_clean(const char *root, unsigned int milliseconds);

#endif
