/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that khibernate also is, when it is called by their names. In the initramfs they are links to it: the
 * kernel unpacks all of an initramfs at each boot, and clears its memory afterwards, and most of each program is the
 * same code.
 */
#ifndef KJ_OTHER_PROGRAMS_H
#define KJ_OTHER_PROGRAMS_H

/* As main in the programs' own files, which the Makefile compiles once more with these names. */
int kexec_main(int argc, char **argv);
int kdump_main(int argc, char **argv);
int krestore_main(int argc, char **argv);
int kjump_back_param_main(int argc, char **argv);

#endif
