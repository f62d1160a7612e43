/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A restore in a process of its own. Placement takes nearly all memory; if that is too much for this kernel, it kills
 * this process, all its memory is free again, and the caller can restore the snapshot in another way.
 */
#ifndef KJ_RESTORING_CHILD_H
#define KJ_RESTORING_CHILD_H

#include "hibernate/restoring.h"

/*
 * restoring_run; what may take memory is done in a child process, which the kernel kills before any other, and which
 * does not outlive this one. If it dies before it reports, nothing is loaded any more, a mark that it made is taken
 * back, this kernel's settings are as before, and the window way is tried unless the method is RESTORING_PLACE.
 */
struct error *restoring_run_in_child(const struct restoring *restoring, bool *ret_other_kernel);

#endif
