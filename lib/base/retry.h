/* SPDX-License-Identifier: GPL-2.0-only */
/* A system call that a signal interrupted is repeated: glibc's macro, for C libraries without it (musl). */
#ifndef KJ_RETRY_H
#define KJ_RETRY_H

#include <errno.h>
#include <unistd.h>

#ifndef TEMP_FAILURE_RETRY
#define TEMP_FAILURE_RETRY(call)                          \
	({                                                \
		__typeof__(call) retried_;                \
                                                          \
		do                                        \
			retried_ = (call);                \
		while (retried_ == -1 && errno == EINTR); \
		retried_;                                 \
	})
#endif

#endif
