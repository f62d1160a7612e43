/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/log_builder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"

/* Variables, from LOG_VARIABLES_AT on. */
enum { PRB = 0, LOG_BUF = 8, LOG_BUF_LEN = 16, FIRST_IDX = 20, NEXT_IDX = 24, CHARACTERS_END = 28, CHARACTERS = 32 };

#define RECORD_HEADER_BYTES 16
#define INFO_BYTES 88

static size_t long_bytes(const struct log_builder *log)
{
	return log->is_64 ? 8 : 4;
}

static void poke_long(struct log_builder *log, size_t offset, uint64_t value)
{
	poke(&log->memory, offset, value, long_bytes(log));
}

static uint64_t long_mask(const struct log_builder *log)
{
	return log->is_64 ? UINT64_MAX : UINT32_MAX;
}

/* A state_var without the state. */
static uint64_t id_mask(const struct log_builder *log)
{
	return long_mask(log) >> 2;
}

static size_t desc_at(const struct log_builder *log, uint64_t id)
{
	return LOG_DESCS_AT + (size_t)(id % LOG_DESC_COUNT) * 3 * long_bytes(log);
}

static uint64_t long_of(const struct log_builder *log, size_t offset)
{
	uint64_t value = 0;

	memcpy(&value, log->memory.data + offset, long_bytes(log));
	return value;
}

/* Numbers begin so that they pass zero soon, as the kernel's do. */
static void begin_ring(struct log_builder *log)
{
	size_t word = long_bytes(log);

	poke_long(log, PRB, log->linear + LOG_MAIN_AT);
	poke(&log->memory, LOG_MAIN_AT, 4, 4);
	poke_long(log, LOG_MAIN_AT + word, log->linear + LOG_DESCS_AT);
	poke_long(log, LOG_MAIN_AT + 2 * word, log->linear + LOG_INFOS_AT);
	poke(&log->memory, LOG_MAIN_AT + 5 * word, 10, 4);
	poke_long(log, LOG_MAIN_AT + 6 * word, log->linear + LOG_TEXT_AT);
	log->begin = log->end = (0 - (uint64_t)LOG_DESC_COUNT) & id_mask(log);
	log->text_begin = log->text_end = (0 - (uint64_t)LOG_TEXT_BYTES) & long_mask(log);
}

void log_begin(struct log_builder *log, enum log_form form, bool is_64, uint64_t linear)
{
	*log = (struct log_builder){ .form = form, .is_64 = is_64, .linear = linear };
	put_zeros(&log->memory, LOG_MEMORY_BYTES);
	poke_long(log, LOG_BUF, linear + LOG_TEXT_AT);
	poke(&log->memory, LOG_BUF_LEN, LOG_TEXT_BYTES, 4);
	if (form == LOG_RING)
		begin_ring(log);
}

void log_end(struct log_builder *log)
{
	buffer_deinit(&log->memory);
}

/* ---- before 3.5 ---- */

static void say_characters(struct log_builder *log, uint64_t time_ns, const char *text)
{
	AUTO_FREE char *line = xasprintf("<6>[%5" PRIu64 ".%06" PRIu64 "] %s\n", time_ns / 1000000000,
					 time_ns / 1000 % 1000000, text);

	for (const char *at = line; *at; at++, log->end++)
		poke(&log->memory, LOG_TEXT_AT + log->end % LOG_TEXT_BYTES, (uint8_t)*at, 1);
	if (log->end - log->begin > LOG_TEXT_BYTES)
		log->begin = log->end - LOG_TEXT_BYTES;
	poke(&log->memory, CHARACTERS_END, log->end, 4);
	poke(&log->memory, CHARACTERS, log->end - log->begin, 4);
}

/* ---- 3.6 to 5.9 ---- */

static uint64_t record_size(const struct log_builder *log, uint64_t at)
{
	return load_u16(log->memory.data + LOG_TEXT_AT + at + 8);
}

/* Bytes free for one record and the header of nothing that marks the end. */
static bool has_room(const struct log_builder *log, uint64_t size, bool is_empty)
{
	uint64_t free;

	if (log->end > log->begin || is_empty) {
		uint64_t behind = LOG_TEXT_BYTES - log->end;

		free = behind > log->begin ? behind : log->begin;
	} else {
		free = log->begin - log->end;
	}
	return free >= size + RECORD_HEADER_BYTES;
}

static void drop_record(struct log_builder *log)
{
	uint64_t size = record_size(log, log->begin);

	log->begin = size ? log->begin + size : record_size(log, 0);
}

static void say_record(struct log_builder *log, uint64_t time_ns, const char *text)
{
	size_t length = strlen(text), size = (RECORD_HEADER_BYTES + length + 3) / 4 * 4;
	static const uint8_t nothing[RECORD_HEADER_BYTES];
	bool is_empty = log->begin == log->end;

	for (; !is_empty && !has_room(log, size, false); is_empty = log->begin == log->end)
		drop_record(log);
	if (log->end + size + RECORD_HEADER_BYTES > LOG_TEXT_BYTES) {
		memcpy(log->memory.data + LOG_TEXT_AT + log->end, nothing, sizeof(nothing));
		log->end = 0;
	}
	size_t at = LOG_TEXT_AT + (size_t)log->end;

	poke(&log->memory, at, time_ns, 8);
	poke(&log->memory, at + 8, size, 2);
	poke(&log->memory, at + 10, length, 2);
	memcpy(log->memory.data + at + RECORD_HEADER_BYTES, text, length);
	log->end += size;
	poke(&log->memory, FIRST_IDX, log->begin, 4);
	poke(&log->memory, NEXT_IDX, log->end, 4);
}

/* ---- from 5.10 on ---- */

void log_set_state(struct log_builder *log, unsigned int state)
{
	uint64_t id = (log->end - 1) & id_mask(log);

	poke_long(log, desc_at(log, id), id | (uint64_t)state << (8 * long_bytes(log) - 2));
}

/* Its text may be overwritten from now on; the descriptor is to be used again. */
static void drop_text(struct log_builder *log)
{
	size_t desc = desc_at(log, log->begin), word = long_bytes(log);

	if (!(long_of(log, desc + word) & 1))
		log->text_begin = long_of(log, desc + 2 * word);
	poke_long(log, desc, log->begin | UINT64_C(3) << (8 * word - 2));
	log->begin = (log->begin + 1) & id_mask(log);
}

/* Where the block of `size` bytes begins that ends at *ret_end: at the ring's start if it would cross its end. */
static uint64_t take_block(struct log_builder *log, uint64_t size)
{
	uint64_t begin = log->text_end, end = (begin + size) & long_mask(log), wrap = ~(uint64_t)(LOG_TEXT_BYTES - 1);

	if ((begin ^ end) & wrap)
		end = (end & wrap & long_mask(log)) + size;
	while (log->begin != log->end && ((end - log->text_begin) & long_mask(log)) > LOG_TEXT_BYTES)
		drop_text(log);
	log->text_end = end;
	return begin;
}

static void say_in_ring(struct log_builder *log, uint64_t time_ns, const char *text)
{
	size_t length = strlen(text), word = long_bytes(log);
	size_t info = LOG_INFOS_AT + (size_t)(log->end % LOG_DESC_COUNT) * INFO_BYTES;

	if (((log->end - log->begin) & id_mask(log)) == LOG_DESC_COUNT - 1)
		drop_text(log);

	/* NO_LPOS: a record without text has no block. */
	uint64_t begin = length ? take_block(log, (length + word + word - 1) / word * word) : 3;
	uint64_t end = length ? log->text_end : 3;
	bool wraps = length && ((begin ^ (end - 1)) & ~(uint64_t)(LOG_TEXT_BYTES - 1));
	size_t block = LOG_TEXT_AT + (wraps ? 0 : (size_t)(begin % LOG_TEXT_BYTES));
	size_t desc = desc_at(log, log->end);

	if (length) {
		poke_long(log, block, log->end);
		memcpy(log->memory.data + block + word, text, length);
	}
	poke_long(log, desc + word, begin);
	poke_long(log, desc + 2 * word, end);
	poke(&log->memory, info + 8, time_ns, 8);
	poke(&log->memory, info + 16, length, 2);
	poke(&log->memory, info + 20, 7, 4);
	poke_long(log, LOG_MAIN_AT + 3 * word, log->end);
	poke_long(log, LOG_MAIN_AT + 4 * word, log->begin);
	log->end = (log->end + 1) & id_mask(log);
	log_set_state(log, 2);
}

void log_say(struct log_builder *log, uint64_t time_ns, const char *text)
{
	switch (log->form) {
	case LOG_CHARACTERS:
		say_characters(log, time_ns, text);
		break;
	case LOG_RECORDS:
	case LOG_RECORDS_BEFORE_3_11:
		say_record(log, time_ns, text);
		break;
	default:
		say_in_ring(log, time_ns, text);
	}
}

static char *ring_vmcoreinfo(const struct log_builder *log)
{
	size_t word = long_bytes(log);

	return xasprintf("SYMBOL(prb)=%" PRIx64 "\n"
			 "SIZE(printk_ringbuffer)=%zu\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
			 "OFFSET(printk_ringbuffer.text_data_ring)=%zu\n"
			 "OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=%zu\n"
			 "OFFSET(prb_desc_ring.infos)=%zu\nOFFSET(prb_desc_ring.head_id)=%zu\n"
			 "OFFSET(prb_desc_ring.tail_id)=%zu\nSIZE(prb_desc)=%zu\nOFFSET(prb_desc.state_var)=0\n"
			 "OFFSET(prb_desc.text_blk_lpos)=%zu\nOFFSET(prb_data_blk_lpos.begin)=0\n"
			 "OFFSET(prb_data_blk_lpos.next)=%zu\nSIZE(printk_info)=%d\nOFFSET(printk_info.ts_nsec)=8\n"
			 "OFFSET(printk_info.text_len)=16\nOFFSET(printk_info.caller_id)=20\n"
			 "OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=%zu\n"
			 "OFFSET(atomic_long_t.counter)=0\n",
			 log->linear + PRB, 10 * word, 5 * word, word, 2 * word, 3 * word, 4 * word, 3 * word, word, word,
			 INFO_BYTES, word);
}

static char *records_vmcoreinfo(const struct log_builder *log)
{
	const char *name = log->form == LOG_RECORDS ? "printk_log" : "log";

	return xasprintf("SYMBOL(log_first_idx)=%" PRIx64 "\nSYMBOL(log_next_idx)=%" PRIx64 "\nSIZE(%s)=%d\n"
			 "OFFSET(%s.ts_nsec)=0\nOFFSET(%s.len)=8\nOFFSET(%s.text_len)=10\nOFFSET(%s.dict_len)=12\n",
			 log->linear + FIRST_IDX, log->linear + NEXT_IDX, name, RECORD_HEADER_BYTES, name, name, name,
			 name);
}

char *log_vmcoreinfo(const struct log_builder *log)
{
	if (log->form == LOG_RING)
		return ring_vmcoreinfo(log);

	AUTO_FREE char *rest = log->form == LOG_CHARACTERS ?
				       xasprintf("SYMBOL(log_end)=%" PRIx64 "\nSYMBOL(logged_chars)=%" PRIx64 "\n",
						 log->linear + CHARACTERS_END, log->linear + CHARACTERS) :
				       records_vmcoreinfo(log);

	return xasprintf("OSRELEASE=x\nSYMBOL(log_buf)=%" PRIx64 "\nSYMBOL(log_buf_len)=%" PRIx64 "\n%s",
			 log->linear + LOG_BUF, log->linear + LOG_BUF_LEN, rest);
}

struct error *log_memory_read(void *context, uint64_t linear, void *to, size_t size)
{
	struct log_builder *log = context;
	struct bytes part;

	if (!bytes_part(buffer_bytes(&log->memory), linear - log->linear, size, &part))
		return error_new("no memory at 0x%" PRIx64, linear);
	if (size)
		memcpy(to, part.data, size);
	return NULL;
}
