/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of preload_machine.so share. Static: a name that it exported would take the place of a program's own. */
#ifndef KJ_TESTS_PRELOAD_MACHINE_H
#define KJ_TESTS_PRELOAD_MACHINE_H

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))next_of(#name))

static inline void *next_of(const char *name)
{
	void *next = dlsym(RTLD_NEXT, name);

	if (!next) {
		fprintf(stderr, "preload_machine: there is no %s\n", name);
		_exit(126);
	}
	return next;
}

__attribute__((format(printf, 1, 2))) static inline void note(const char *format, ...)
{
	const char *path = getenv("PRELOAD_KEXEC_LOG");
	FILE *log = path ? fopen(path, "ae") : NULL;
	va_list args;

	if (!log)
		return;
	va_start(args, format);
	vfprintf(log, format, args);
	va_end(args);
	fclose(log);
}

#endif
