/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of Linux 5.10 and newer (kernel/printk/printk_ringbuffer.h): a
 * descriptor for each record, an info with the same index, and the text in a
 * ring of its own.
 *
 * Identifiers of descriptors and positions in the text only grow; modulo the
 * ring's size they give the index. A block of text consists of a descriptor's
 * identifier and the characters, [begin, next); a block that would cross the
 * end of the ring starts at the ring's beginning instead.
 */
#include "lib/core/kernel_log_ring.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/vmcoreinfo.h"

/* States in the upper two bits of state_var; in the other states a record is unfinished or reusable. */
enum desc_state { DESC_COMMITTED = 1, DESC_FINALIZED = 2 };

/* Larger than all these structs in any kernel. */
#define STRUCT_LIMIT_BYTES 1024

/* Sizes and offsets from VMCOREINFO; bytes. */
struct layout {
	uint64_t ring_size, desc_ring_at, text_ring_at;
	uint64_t count_bits_at, descs_at, infos_at, head_at, tail_at;
	uint64_t desc_size, state_at, block_at, begin_at, next_at;
	uint64_t info_size, time_at, text_len_at, caller_at;
	uint64_t text_bits_at, text_at;
	uint64_t counter_at;
};

struct ring {
	const struct log_reading *log;
	struct layout layout;
	size_t long_bytes;
	uint64_t id_mask; /* state_var without the state */
	uint64_t head, tail;
	struct bytes descs, infos, text; /* owned */
};

static struct error *read_layout(const struct log_reading *log, struct layout *layout)
{
	const struct {
		const char *key;
		uint64_t *value;
	} fields[] = {
		{ "SIZE(printk_ringbuffer)", &layout->ring_size },
		{ "OFFSET(printk_ringbuffer.desc_ring)", &layout->desc_ring_at },
		{ "OFFSET(printk_ringbuffer.text_data_ring)", &layout->text_ring_at },
		{ "OFFSET(prb_desc_ring.count_bits)", &layout->count_bits_at },
		{ "OFFSET(prb_desc_ring.descs)", &layout->descs_at },
		{ "OFFSET(prb_desc_ring.infos)", &layout->infos_at },
		{ "OFFSET(prb_desc_ring.head_id)", &layout->head_at },
		{ "OFFSET(prb_desc_ring.tail_id)", &layout->tail_at },
		{ "SIZE(prb_desc)", &layout->desc_size },
		{ "OFFSET(prb_desc.state_var)", &layout->state_at },
		{ "OFFSET(prb_desc.text_blk_lpos)", &layout->block_at },
		{ "OFFSET(prb_data_blk_lpos.begin)", &layout->begin_at },
		{ "OFFSET(prb_data_blk_lpos.next)", &layout->next_at },
		{ "SIZE(printk_info)", &layout->info_size },
		{ "OFFSET(printk_info.ts_nsec)", &layout->time_at },
		{ "OFFSET(printk_info.text_len)", &layout->text_len_at },
		{ "OFFSET(printk_info.caller_id)", &layout->caller_at },
		{ "OFFSET(prb_data_ring.size_bits)", &layout->text_bits_at },
		{ "OFFSET(prb_data_ring.data)", &layout->text_at },
		{ "OFFSET(atomic_long_t.counter)", &layout->counter_at },
	};

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		struct error *error = vmcoreinfo_number(log->source->vmcoreinfo, fields[i].key, 10, fields[i].value);

		if (error)
			return error;
		/* The bound keeps their sums in the range of bytes.h's checks. */
		if (*fields[i].value > STRUCT_LIMIT_BYTES)
			return error_new("VMCOREINFO has the impossible %s=%" PRIu64, fields[i].key,
					 *fields[i].value);
	}
	return NULL;
}

static uint64_t long_at(const struct ring *ring, struct bytes bytes, uint64_t offset)
{
	return ring->long_bytes == 8 ? bytes_u64(bytes, offset) : bytes_u32(bytes, offset);
}

/* Reads the arrays that the struct at `main` describes. */
static struct error *read_arrays(struct ring *ring, struct bytes main)
{
	const struct layout *at = &ring->layout;
	uint32_t count_bits = bytes_u32(main, at->desc_ring_at + at->count_bits_at);
	uint32_t text_bits = bytes_u32(main, at->text_ring_at + at->text_bits_at);
	uint64_t descs = long_at(ring, main, at->desc_ring_at + at->descs_at);
	uint64_t infos = long_at(ring, main, at->desc_ring_at + at->infos_at);
	uint64_t text = long_at(ring, main, at->text_ring_at + at->text_at);

	if (count_bits > 31 || text_bits > 31)
		return error_new("the log is damaged: it claims 2^%" PRIu32 " records and 2^%" PRIu32
				 " bytes of text",
				 count_bits, text_bits);
	ring->head = long_at(ring, main, at->desc_ring_at + at->head_at + at->counter_at) & ring->id_mask;
	ring->tail = long_at(ring, main, at->desc_ring_at + at->tail_at + at->counter_at) & ring->id_mask;

	struct error *error = log_read_array(ring->log, "log descriptors", descs, UINT64_C(1) << count_bits,
					     at->desc_size, &ring->descs);

	if (!error)
		error = log_read_array(ring->log, "log infos", infos, UINT64_C(1) << count_bits, at->info_size,
				       &ring->infos);
	return error ? error : log_read_array(ring->log, "log text", text, UINT64_C(1) << text_bits, 1, &ring->text);
}

static struct error *read_ring(struct ring *ring)
{
	struct bytes main = { 0 };
	uint64_t variable, start;
	struct error *error = vmcoreinfo_number(ring->log->source->vmcoreinfo, "SYMBOL(prb)", 16, &variable);

	if (!error)
		error = log_read_number(ring->log, variable, ring->long_bytes, &start);
	if (!error)
		error = log_read_array(ring->log, "log", start, 1, ring->layout.ring_size, &main);
	if (!error)
		error = read_arrays(ring, main);
	free((void *)main.data);
	return error;
}

/* The text of the block [begin, next); empty if there is none (bit 0 is set), or if the bounds are impossible. */
static struct bytes block_text(const struct ring *ring, uint64_t begin, uint64_t next, uint64_t length)
{
	uint64_t size = ring->text.size, last = next - 1;
	struct bytes text = { 0 };
	bool whole_ring_apart = (last ^ begin) & ~(size - 1);
	uint64_t start = whole_ring_apart ? 0 : begin % size, end = last % size + 1;

	if ((begin & 1) || begin == next || end - start < ring->long_bytes || end < start)
		return text;
	start += ring->long_bytes;
	bytes_part(ring->text, start, length < end - start ? length : end - start, &text);
	return text;
}

static struct error *take_record(const struct ring *ring, uint64_t id)
{
	const struct layout *at = &ring->layout;
	uint64_t index = id % (ring->descs.size / at->desc_size);
	struct bytes desc, info;

	if (!bytes_part(ring->descs, index * at->desc_size, at->desc_size, &desc) ||
	    !bytes_part(ring->infos, index * at->info_size, at->info_size, &info))
		return NULL;

	uint64_t state_var = long_at(ring, desc, at->state_at + at->counter_at);
	uint64_t state = state_var >> (8 * ring->long_bytes - 2);

	if ((state_var & ring->id_mask) != id || (state != DESC_COMMITTED && state != DESC_FINALIZED))
		return NULL;

	struct log_record record = {
		.has_time = true,
		.time_ns = bytes_u64(info, at->time_at),
		.has_caller = true,
		.caller = bytes_u32(info, at->caller_at),
		.text = block_text(ring, long_at(ring, desc, at->block_at + at->begin_at),
				   long_at(ring, desc, at->block_at + at->next_at), bytes_u16(info, at->text_len_at)),
	};

	return ring->log->take(ring->log->context, &record);
}

struct error *log_ring_read(const struct log_reading *log)
{
	struct ring ring = { .log = log, .long_bytes = log_long_bytes(log) };
	struct error *error = read_layout(log, &ring.layout);

	ring.id_mask = UINT64_MAX >> (64 - 8 * ring.long_bytes + 2);
	if (!error)
		error = read_ring(&ring);

	uint64_t count = error ? 0 : ring.descs.size / ring.layout.desc_size, id = ring.tail;

	/* From tail to head, both included, at most once around. */
	for (uint64_t i = 0; !error && i < count; i++) {
		error = take_record(&ring, id);
		if (id == ring.head)
			break;
		id = (id + 1) & ring.id_mask;
	}
	free((void *)ring.descs.data);
	free((void *)ring.infos.data);
	free((void *)ring.text.data);
	return error;
}
