/* SPDX-License-Identifier: GPL-2.0-only */
#include "restore.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "memory.h"

/* What page_poison=1 leaves in free pages: PAGE_POISON, include/linux/poison.h */
#define POISON_BYTE 0xaa

static int by_address(const void *a, const void *b)
{
	const struct restore_piece *left = a, *right = b;

	return (left->memory.start > right->memory.start) - (left->memory.start < right->memory.start);
}

static struct error *add_piece(struct restore *restore, const struct elf_segment *segment)
{
	struct span memory = span_of(segment->paddr, segment->file_size);

	if ((segment->paddr | segment->file_size) % PAGE_SIZE_BYTES)
		return error_new("%s: the piece at 0x%" PRIx64 " is not made of whole pages", restore->image->path,
				 segment->paddr);
	restore->pieces = xgrow(restore->pieces, &restore->piece_capacity, restore->piece_count + 1,
				sizeof(*restore->pieces));
	restore->pieces[restore->piece_count++] = (struct restore_piece){ memory, segment->file_offset };
	return NULL;
}

static struct error *check_pieces(struct restore *restore)
{
	AUTO_SPAN_SET struct span_set foreign = { 0 };

	for (size_t i = 1; i < restore->piece_count; i++)
		if (restore->pieces[i - 1].memory.end > restore->pieces[i].memory.start)
			return error_new("%s holds 0x%" PRIx64 " twice", restore->image->path,
					 restore->pieces[i].memory.start);
	for (size_t i = 0; i < restore->piece_count; i++)
		span_set_add(&restore->saved, restore->pieces[i].memory);
	if (!restore->piece_count)
		return error_new("%s holds no memory", restore->image->path);
	span_set_copy(&foreign, &restore->saved);
	span_set_remove_set(&foreign, &restore->note->memory);
	if (foreign.count)
		return error_new("%s holds 0x%" PRIx64 "-0x%" PRIx64 ", which its note does not know as memory",
				 restore->image->path, foreign.items[0].start, foreign.items[0].end - 1);
	return NULL;
}

struct error *restore_init(struct restore *restore, const struct core_file *image, const struct jump_note *note)
{
	struct error *error = NULL;

	*restore = (struct restore){ .image = image, .note = note };
	for (size_t i = 0; !error && i < image->elf.segment_count; i++)
		if (core_segment_is_direct(image, &image->elf.segments[i]) && image->elf.segments[i].file_size)
			error = add_piece(restore, &image->elf.segments[i]);
	if (!error && restore->piece_count)
		qsort(restore->pieces, restore->piece_count, sizeof(*restore->pieces), by_address);
	if (!error)
		error = check_pieces(restore);
	if (error) {
		restore_deinit(restore);
		return error;
	}
	span_set_copy(&restore->missing, &note->memory);
	span_set_remove_set(&restore->missing, &restore->saved);
	return NULL;
}

void restore_deinit(struct restore *restore)
{
	free(restore->pieces);
	free(restore->digests);
	span_set_deinit(&restore->saved);
	span_set_deinit(&restore->missing);
	*restore = (struct restore){ 0 };
}

struct error *restore_check_free(const struct restore *restore, const struct span_set *in_use)
{
	for (size_t i = 0; i < in_use->count; i++) {
		for (size_t part = 0; part < restore->note->memory.count; part++) {
			struct span both = span_intersect(in_use->items[i], restore->note->memory.items[part]);

			if (!span_is_empty(both))
				return error_new("this kernel itself uses 0x%" PRIx64 "-0x%" PRIx64
						 ", which the image has to be written to; start it inside the image's "
						 "window (kjump_back_param prints the memmap= options for that)",
						 both.start, both.end - 1);
		}
	}
	return NULL;
}

/* One mapped window of A's memory, and the pieces that lie in it. */
struct window {
	struct span span;
	uint8_t *data;
	size_t first_piece; /* the first that ends behind the window's start */
};

/* The part of a piece that lies in the window. */
static struct span part_in(const struct window *window, const struct restore_piece *piece)
{
	return span_intersect(piece->memory, window->span);
}

static bool has_piece(const struct restore *restore, const struct window *window, size_t piece)
{
	return piece < restore->piece_count && restore->pieces[piece].memory.start < window->span.end;
}

/* What a free page must contain; false if nobody looks. */
static bool free_page_byte(const struct restore *restore, int *ret_byte)
{
	*ret_byte = restore->note->fixed.free_pages == KJUMP_FREE_POISON ? POISON_BYTE : 0;
	return restore->note->fixed.free_pages != KJUMP_FREE_ANY;
}

static struct error *write_window(struct restore *restore, const struct window *window)
{
	int byte;

	if (free_page_byte(restore, &byte) && span_set_overlaps(&restore->missing, window->span))
		memset(window->data, byte, (size_t)span_size(window->span));
	for (size_t i = window->first_piece; has_piece(restore, window, i); i++) {
		struct span part = part_in(window, &restore->pieces[i]);
		uint64_t offset = restore->pieces[i].file_offset + (part.start - restore->pieces[i].memory.start);
		struct error *error = core_file_read(restore->image, offset,
						     window->data + (part.start - window->span.start),
						     (size_t)span_size(part));
		if (error)
			return error;
	}
	return NULL;
}

/* Over all that was written to the window, and nothing that was not. */
static uint64_t digest_window(const struct restore *restore, const struct window *window)
{
	XXH3_state_t state;

	XXH3_64bits_reset(&state);
	for (size_t i = window->first_piece; has_piece(restore, window, i); i++) {
		struct span part = part_in(window, &restore->pieces[i]);

		XXH3_64bits_update(&state, window->data + (part.start - window->span.start),
				   (size_t)span_size(part));
	}
	return XXH3_64bits_digest(&state);
}

static struct error *write_and_digest(struct restore *restore, const struct window *window, size_t index)
{
	struct error *error = write_window(restore, window);

	restore->digests = xgrow(restore->digests, &restore->digest_capacity, index + 1, sizeof(*restore->digests));
	restore->digests[index] = digest_window(restore, window);
	return error;
}

static struct error *compare_digest(struct restore *restore, const struct window *window, size_t index)
{
	if (digest_window(restore, window) == restore->digests[index])
		return NULL;
	return error_new("memory at 0x%" PRIx64 "-0x%" PRIx64 " is not what was written to it: something else uses it",
			 window->span.start, window->span.end - 1);
}

/* Does something to every window of A's memory, in order. */
static struct error *each_window(struct restore *restore, const struct physical_memory *memory,
				 struct error *(*act)(struct restore *, const struct window *, size_t))
{
	size_t index = 0, piece = 0;

	for (size_t i = 0; i < restore->note->memory.count; i++) {
		struct span rest = restore->note->memory.items[i];

		for (; !span_is_empty(rest); index++) {
			struct window window = { .span = span_intersect(
							 rest, span_of(rest.start, PHYSICAL_WINDOW_BYTES)) };
			struct error *error = physical_memory_map(memory, window.span, &window.data);

			if (error)
				return error;
			while (piece < restore->piece_count && restore->pieces[piece].memory.end <= window.span.start)
				piece++;
			window.first_piece = piece;
			error = act(restore, &window, index);
			physical_memory_unmap(window.data, window.span);
			if (error)
				return error;
			rest.start = window.span.end;
		}
	}
	return NULL;
}

struct error *restore_write(struct restore *restore, const struct physical_memory *memory)
{
	return each_window(restore, memory, write_and_digest);
}

struct error *restore_verify(struct restore *restore, const struct physical_memory *memory)
{
	return each_window(restore, memory, compare_digest);
}
