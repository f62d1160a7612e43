/* SPDX-License-Identifier: GPL-2.0-only */
/* From a request to a plan: all decisions and checks before the system call. */
#ifndef KJ_LOAD_H
#define KJ_LOAD_H

#include <stdio.h>

#include "kexec/plan/loading.h"

/* Reads all files of the request and plans the load. Errors: those of the files, of the machine and of each check. */
struct error *loading_init(struct loading *loading, const struct request *request);
void loading_deinit(struct loading *loading);
#define AUTO_LOADING __attribute__((cleanup(loading_deinit)))

/* Prints the whole plan as stable text. */
void loading_print(const struct loading *loading, FILE *to);

#endif
