/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included by scripts/lint in front of every file that clang-tidy sees, but error.c. Its analyzer looks at one
 * file at a time: it takes any error_new() for one that may return NULL, "success", and any error_prefix() for
 * one that may take an error away, and continues with outputs that were never set; and it finds bytes without
 * data behind every bytes_part(), whatever their size.
 */
#include "lib/base/bytes.h"
#include "lib/base/error.h"

#define ANALYZER_NEVER_NULL(pointer)                   \
	({                                             \
		struct error *analyzer_error = (pointer);  \
		if (!analyzer_error)                       \
			__builtin_unreachable();       \
		analyzer_error;                            \
	})
#define error_new(...) ANALYZER_NEVER_NULL((error_new)(__VA_ARGS__))
#define error_errno(...) ANALYZER_NEVER_NULL((error_errno)(__VA_ARGS__))
#define error_prefix(bare, ...)                                              \
	({                                                                     \
		struct error *analyzer_bare = (bare);                          \
		struct error *analyzer_error = (error_prefix)(analyzer_bare, __VA_ARGS__); \
		if (!analyzer_bare != !analyzer_error)                         \
			__builtin_unreachable();                               \
		analyzer_error;                                                \
	})
#define bytes_part(whole, offset, size, ret_part)                                   \
	({                                                                          \
		struct bytes *analyzer_part = (ret_part);                           \
		bool is_there = (bytes_part)((whole), (offset), (size), analyzer_part); \
		if (is_there && !analyzer_part->data)                               \
			__builtin_unreachable();                                    \
		is_there;                                                           \
	})
