/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heap memory, or the end of the program: on failure these print "out of
 * memory" and exit. A loader that cannot get a few kilobytes has loaded
 * nothing yet and has nothing to clean up. Big buffers (files) are mapped;
 * those mappings fail with an error.
 */
#ifndef KJ_ALLOC_H
#define KJ_ALLOC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

void *xcalloc(size_t count, size_t size_bytes) __attribute__((malloc, returns_nonnull));

/* `size_bytes` aligned to `align`, a power of two; not zeroed; free() takes it. */
void *xaligned(size_t align, size_t size_bytes) __attribute__((malloc, returns_nonnull));

/* Whole pages, aligned: copies between pages of different alignment take twice as long. */
void *xpages(size_t size_bytes) __attribute__((malloc, returns_nonnull));

/*
 * Grows an array of `size_bytes` (> 0) items to hold at least `needed` of them
 * (doubling); `items` may be NULL with *capacity 0, and `needed` 0.
 */
void *xgrow(void *items, size_t *capacity, size_t needed, size_t size_bytes) __attribute__((returns_nonnull));

char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0), malloc, returns_nonnull));

/* Scope guard: `AUTO_FREE char *text = …;` */
static inline void auto_free(void *pointer)
{
	free(*(void **)pointer);
}
#define AUTO_FREE __attribute__((cleanup(auto_free)))

/* Moves ownership: yields the pointer's value and sets the pointer to NULL. `return TAKE_PTR(text);` */
#define TAKE_PTR(pointer)                                  \
	({                                                 \
		__typeof__(pointer) *take_from = &(pointer); \
		__typeof__(pointer) taken = *take_from;    \
		*take_from = NULL;                         \
		taken;                                     \
	})

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
