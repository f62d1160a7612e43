/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first process of khibernate's initramfs. An ordinary boot looks for a snapshot at once: starting a shell and the
 * programs of its scripts would take longer. All else is done by the scripts (initramfs/init).
 */
#ifndef KJ_FIRST_PROCESS_H
#define KJ_FIRST_PROCESS_H

#include <stdbool.h>

/* Whether nothing on this command line asks for other work of the initramfs (initramfs/functions lists that). */
bool first_process_is_ordinary(const char *cmdline);

/*
 * Mounts what programs need. In an ordinary boot of a kernel that has its drivers for disks built in, calls "khibernate
 * resume --boot", by khibernate's main, in a child process, and waits for it. Then becomes the shell with the script,
 * which gets the word "tried" if there was such a child. Returns, with main's value, only if there is no shell.
 */
int first_process(int (*khibernate)(int argc, char **argv));

#endif
