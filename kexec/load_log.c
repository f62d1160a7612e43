/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load_log.h"

#include <syslog.h>

static const char *purpose_of(enum load_kind kind)
{
	switch (kind) {
	case LOAD_PANIC:
		return "to be started by a crash";
	case LOAD_PRESERVE_CONTEXT:
	case LOAD_JUMP_BACK_HELPER:
		return "to be jumped to by kexec -e";
	default:
		return "to be started by kexec -e";
	}
}

void load_log_loaded(const struct request *request, const char *call)
{
	const char *what = request->kernel ? request->kernel : "the way back";

	openlog("kexec", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "loaded %s by %s, %s", what, call, purpose_of(request->kind));
	closelog();
}

void load_log_unloaded(bool crash)
{
	openlog("kexec", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "unloaded %s", crash ? "the crash kernel" : "what kexec -e would start");
	closelog();
}
