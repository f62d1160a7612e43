/* SPDX-License-Identifier: GPL-2.0-only */
/* The choice between the two system calls that load. */
#ifndef KJ_CHOOSE_CALL_H
#define KJ_CHOOSE_CALL_H

#include "kexec/plan/request.h"
#include "lib/base/error.h"

/*
 * Loads what the request names, or prints its plan (--dry-run). A jump, and what kexec_file_load(2) has no argument for,
 * takes kexec_load(2); so does a load that kexec_file_load(2) cannot do, or has not the memory for, unless -s insists.
 * Prints the chosen window, and warnings. Errors: whatever refuses the load.
 */
struct error *load_requested(const struct request *request);

#endif
