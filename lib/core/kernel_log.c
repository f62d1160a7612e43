/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/core/kernel_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/kernel_log_form.h"
#include "lib/core/kernel_log_ring.h"
#include "lib/core/vmcoreinfo.h"

/* The value of a variable that VMCOREINFO names. */
static struct error *read_variable(const struct log_reading *log, const char *name, size_t size, uint64_t *ret_value)
{
	AUTO_FREE char *key = xasprintf("SYMBOL(%s)", name);
	uint64_t linear;
	struct error *error = vmcoreinfo_number(log->source->vmcoreinfo, key, 16, &linear);

	return error ? error : log_read_number(log, linear, size, ret_value);
}

/* log_buf, whole. *ret_buffer is heap memory. */
static struct error *read_log_buf(const struct log_reading *log, struct bytes *ret_buffer)
{
	uint64_t start, size;
	struct error *error = read_variable(log, "log_buf", log_long_bytes(log), &start);

	if (!error)
		error = read_variable(log, "log_buf_len", 4, &size);
	return error ? error : log_read_array(log, "log", start, size, 1, ret_buffer);
}

/* ---- before 3.5: characters ---- */

/* Passes one line, without the level "<6>", which is for syslog. */
static struct error *take_line(const struct log_reading *log, struct bytes line)
{
	size_t skip = 0;

	if (line.size && line.data[0] == '<') {
		for (skip = 1; skip < line.size && line.data[skip] >= '0' && line.data[skip] <= '9'; skip++)
			;
		skip = skip > 1 && skip < line.size && line.data[skip] == '>' ? skip + 1 : 0;
	}
	struct log_record record = { .text = { line.data + skip, line.size - skip } };

	return log->take(log->context, &record);
}

static struct error *take_lines(const struct log_reading *log, struct bytes text)
{
	struct error *error = NULL;

	for (size_t at = 0; !error && at < text.size;) {
		const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
		size_t size = end ? (size_t)(end - text.data) - at : text.size - at;

		error = take_line(log, (struct bytes){ text.data + at, size });
		at += size + 1;
	}
	return error;
}

/* log_end counts all characters ever written, logged_chars those in the ring. */
static struct error *read_characters(const struct log_reading *log)
{
	struct bytes ring = { 0 };
	uint64_t end, count;
	struct error *error = read_variable(log, "log_end", 4, &end);

	if (!error)
		error = read_variable(log, "logged_chars", 4, &count);
	if (!error)
		error = read_log_buf(log, &ring);
	if (error)
		return error;
	if (count > ring.size)
		count = ring.size;

	uint8_t *text = xcalloc((size_t)count, 1);
	size_t at = (size_t)((end % ring.size + ring.size - count) % ring.size);
	size_t first = ring.size - at < count ? ring.size - at : (size_t)count;

	memcpy(text, ring.data + at, first);
	memcpy(text + first, ring.data, (size_t)count - first);
	/* The oldest line in a full ring may have lost its beginning. */
	const uint8_t *newline = count == ring.size ? memchr(text, '\n', (size_t)count) : NULL;
	size_t skip = newline ? (size_t)(newline - text) + 1 : 0;

	error = take_lines(log, (struct bytes){ text + skip, (size_t)count - skip });
	free(text);
	free((void *)ring.data);
	return error;
}

/* ---- 3.6 to 5.9: records ---- */

struct record_layout {
	uint64_t size, time_at, len_at, text_len_at; /* the header's size, and offsets in it; bytes */
};

static struct error *read_record_layout(const struct log_reading *log, struct record_layout *layout)
{
	/* Renamed in 3.11. */
	bool old = !strstr(log->source->vmcoreinfo, "SIZE(printk_log)=");
	const char *name = old ? "log" : "printk_log";
	const struct {
		const char *format;
		uint64_t *value;
	} fields[] = { { "SIZE(%s)", &layout->size },
		       { "OFFSET(%s.ts_nsec)", &layout->time_at },
		       { "OFFSET(%s.len)", &layout->len_at },
		       { "OFFSET(%s.text_len)", &layout->text_len_at } };

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		const char *hole = strstr(fields[i].format, "%s");
		AUTO_FREE char *key = xasprintf("%.*s%s%s", (int)(hole - fields[i].format), fields[i].format, name, hole + 2);
		struct error *error = vmcoreinfo_number(log->source->vmcoreinfo, key, 10, fields[i].value);

		if (error)
			return error;
	}
	if (layout->size > 256 || layout->size < 8 || layout->time_at > layout->size - 8 ||
	    layout->len_at > layout->size - 2 || layout->text_len_at > layout->size - 2)
		return error_new("VMCOREINFO describes a record of %" PRIu64 " bytes that cannot be", layout->size);
	return NULL;
}

/* From `at` to `next`; length 0 continues at the beginning of the ring; at most once around. */
static struct error *take_records(const struct log_reading *log, const struct record_layout *layout, struct bytes ring,
				  uint64_t at, uint64_t next)
{
	struct error *error = NULL;

	for (uint64_t passed = 0; !error && at != next && passed <= ring.size;) {
		struct bytes header, text;

		uint16_t len = bytes_u16(ring, at + layout->len_at);

		if (!len) {
			if (!at)
				break;
			passed += ring.size - (at < ring.size ? at : ring.size);
			at = 0;
			continue;
		}
		if (!bytes_part(ring, at, layout->size, &header) ||
		    !bytes_part(ring, at + layout->size, bytes_u16(header, layout->text_len_at), &text))
			return error_new("the log is damaged: a record at byte %" PRIu64 " ends outside of its %zu bytes",
					 at, ring.size);
		struct log_record record = { .has_time = true, .time_ns = bytes_u64(header, layout->time_at),
					     .text = text };

		error = log->take(log->context, &record);
		at += len;
		passed += len;
	}
	return error;
}

static struct error *read_records(const struct log_reading *log)
{
	struct record_layout layout = { 0 };
	struct bytes ring = { 0 };
	uint64_t first, next;
	struct error *error = read_record_layout(log, &layout);

	if (!error)
		error = read_variable(log, "log_first_idx", 4, &first);
	if (!error)
		error = read_variable(log, "log_next_idx", 4, &next);
	if (!error)
		error = read_log_buf(log, &ring);
	if (error)
		return error;
	error = take_records(log, &layout, ring, first, next);
	free((void *)ring.data);
	return error;
}

struct error *kernel_log_read(const struct kernel_log_source *source,
			      struct error *(*take)(void *context, const struct log_record *record), void *context)
{
	struct log_reading log = { source, take, context };

	if (strstr(source->vmcoreinfo, "SYMBOL(prb)="))
		return log_ring_read(&log);
	if (strstr(source->vmcoreinfo, "SYMBOL(log_first_idx)="))
		return read_records(&log);
	if (strstr(source->vmcoreinfo, "SYMBOL(logged_chars)="))
		return read_characters(&log);
	return error_new("VMCOREINFO does not name the kernel's log%s",
			 *source->vmcoreinfo ? "" : " (the core has no VMCOREINFO)");
}
