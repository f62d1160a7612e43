/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/kernel_log_form.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* The largest accepted size; log_buf_len= allows 2 GiB. */
#define LOG_LIMIT_BYTES (UINT64_C(256) << 20)

struct error *log_read(const struct log_reading *log, uint64_t linear, void *to, size_t size)
{
	return log->source->read(log->source->context, linear, to, size);
}

struct error *log_read_number(const struct log_reading *log, uint64_t linear, size_t size, uint64_t *ret_value)
{
	uint64_t value = 0;
	struct error *error = log_read(log, linear, &value, size);

	if (!error)
		*ret_value = value;
	return error;
}

struct error *log_read_array(const struct log_reading *log, const char *what, uint64_t linear, uint64_t count,
			     uint64_t item_bytes, struct bytes *ret_array)
{
	if (!count || !item_bytes || count > LOG_LIMIT_BYTES / item_bytes)
		return error_new("the kernel's %s cannot have %" PRIu64 " times %" PRIu64 " bytes", what, count,
				 item_bytes);

	size_t size = (size_t)(count * item_bytes);
	uint8_t *array = xcalloc(size, 1);
	struct error *error = log_read(log, linear, array, size);

	if (error) {
		free(array);
		return error_prefix(error, "the kernel's %s", what);
	}
	*ret_array = (struct bytes){ array, size };
	return NULL;
}

size_t log_long_bytes(const struct log_reading *log)
{
	return log->source->is_64 ? 8 : 4;
}
