/* SPDX-License-Identifier: GPL-2.0-only */
/* A line in the system's log (syslog(3)) for each load and unload: what the next kexec -e or crash will start. */
#ifndef KJ_LOAD_LOG_H
#define KJ_LOAD_LOG_H

#include <stdbool.h>

#include "kexec/plan/request.h"

/* `call`: the system call that has loaded it. */
void load_log_loaded(const struct request *request, const char *call);

void load_log_unloaded(bool crash);

#endif
