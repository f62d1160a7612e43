/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/khimage/khimage.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"
#include "lib/core/core_segments.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/device_open.h"

/* A swap area leaves the second slot as it was, a RAID the first one: such a device is a khimage no longer. */
static bool is_something_else(int fd, const char *path)
{
	AUTO_BLOCK_CONTENT struct block_content content = { 0 };
	struct error *error = block_content_probe(fd, path, &content);
	bool found = !error && block_content_name(&content);

	error_free(error);
	return found;
}

/*
 * Reads the slots, as far as the file reaches. If one cannot be read, *ret_whole is false and its place has zeros: a
 * disk may fail to read the sector that was being written when the power failed.
 */
static struct error *read_slots(const struct storage *storage, const char *path, uint8_t buffer[KHIMAGE_SLOTS_BYTES],
				size_t *ret_size, bool *ret_whole)
{
	struct error *first_error = NULL;
	size_t unreadable = 0;

	*ret_size = 0;
	for (size_t slot = 0; slot < KHIMAGE_SLOT_COUNT; slot++) {
		size_t at = slot * KHIMAGE_BLOCK_BYTES;
		ssize_t got = TEMP_FAILURE_RETRY(extents_pread(&storage->extents, storage->fd, buffer + at,
								KHIMAGE_BLOCK_BYTES, at));

		if (got < 0 && !first_error)
			first_error = error_errno(errno, "cannot read the superblocks of %s", path);
		if (got < 0) {
			memset(buffer + at, 0, KHIMAGE_BLOCK_BYTES);
			got = KHIMAGE_BLOCK_BYTES;
			unreadable++;
		}
		if (*ret_size == at)
			*ret_size += (size_t)got;
	}
	*ret_whole = !unreadable;
	if (unreadable == KHIMAGE_SLOT_COUNT)
		return first_error;
	error_free(first_error);

	bool first = khimage_probe((struct bytes){ buffer, *ret_size });
	bool second = *ret_size > KHIMAGE_BLOCK_BYTES && khimage_probe((struct bytes){ buffer + KHIMAGE_BLOCK_BYTES,
										       *ret_size - KHIMAGE_BLOCK_BYTES });
	/* The parts of a device say nothing of the device's content, and have none themselves. */
	if (first != second && !storage->is_mapped && is_something_else(storage->fd, path))
		memset(buffer, 0, *ret_size);
	return NULL;
}

static bool begins_like_one(const uint8_t *slots, size_t size)
{
	bool found = false;

	for (size_t slot = 0; slot < size; slot += KHIMAGE_BLOCK_BYTES)
		found |= khimage_probe((struct bytes){ slots + slot, size - slot });
	return found;
}

bool khimage_probe_path(const char *path)
{
	uint8_t slots[KHIMAGE_SLOTS_BYTES];
	size_t size = 0;
	struct storage storage;
	bool is_whole;
	struct error *error = storage_open(&storage, path, STORAGE_READ, O_RDONLY, 0);
	bool is_open = !error;

	error_free(error);
	if (!is_open)
		return false;
	error_free(read_slots(&storage, path, slots, &size, &is_whole));
	error_free(storage_close(&storage, path));
	return begins_like_one(slots, size);
}

static struct error *choose_superblock(struct bytes slots, bool is_whole, const char *path,
				       struct khimage_superblock *ret_superblock, size_t *ret_slot, bool *ret_damaged)
{
	bool is_damaged = false;
	struct error *error = khimage_superblock_choose(slots, ret_superblock, ret_slot, &is_damaged);

	*ret_damaged = is_damaged || !is_whole;
	return error_prefix(error, "%s", path);
}

/* Of one of the mirrors. */
static struct error *read_member(const struct storage *storage, const char *path,
				 struct khimage_superblock *ret_superblock, size_t *ret_slot, bool *ret_damaged)
{
	uint8_t slots[KHIMAGE_SLOTS_BYTES];
	size_t size;
	bool is_whole;
	struct error *error = read_slots(storage, path, slots, &size, &is_whole);

	if (error)
		return error;
	return choose_superblock((struct bytes){ slots, size }, is_whole, path, ret_superblock, ret_slot, ret_damaged);
}

/* A disk that was away while the others were written has an old one. */
struct error *khimage_read_superblock(const struct storage *storage, const char *path,
				      struct khimage_superblock *ret_superblock, size_t *ret_slot, bool *ret_damaged)
{
	struct khimage_superblock newest = { 0 };
	bool is_damaged = false;
	size_t slot = 0;
	struct error *error = read_member(storage, path, &newest, &slot, &is_damaged);

	for (size_t i = 0; i < storage->mirror_count; i++) {
		struct khimage_superblock other;
		bool other_damaged = false;
		size_t other_slot;
		struct error *failed = read_member(&storage->mirrors[i], path, &other, &other_slot, &other_damaged);

		is_damaged |= other_damaged || failed;
		if (!failed && (error || other.sequence > newest.sequence)) {
			newest = other;
			slot = other_slot;
			error_free(error);
			error = NULL;
		}
		error_free(failed);
	}
	if (error)
		return error;
	*ret_superblock = newest;
	*ret_slot = slot;
	*ret_damaged = is_damaged;
	return NULL;
}

/* A file or device that does not begin like a khimage is none, and no damaged one. */
static struct error *read_state(const struct storage *storage, const char *path, struct khimage_superblock *superblock,
				bool *is_damaged)
{
	uint8_t slots[KHIMAGE_SLOTS_BYTES];
	size_t size = 0, slot;
	bool is_whole = true;
	struct error *error;

	if (storage->mirror_count)
		return khimage_read_superblock(storage, path, superblock, &slot, is_damaged);
	error = read_slots(storage, path, slots, &size, &is_whole);
	if (error || !begins_like_one(slots, size))
		return error;
	return choose_superblock((struct bytes){ slots, size }, is_whole, path, superblock, &slot, is_damaged);
}

struct error *khimage_read_state(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged)
{
	struct khimage_superblock superblock = { 0 };
	bool is_damaged = false;
	struct storage storage;
	struct error *error = storage_open(&storage, path, STORAGE_READ, O_RDONLY, 0);

	/* Parts of a device have no place before setup, and none while a swap area is one. */
	if (error && storage_name_is_mapped(path) && error_errno_value(error) == ENODATA) {
		error_free(error);
		*ret_superblock = superblock;
		return NULL;
	}
	if (error)
		return error;
	error = read_state(&storage, path, &superblock, &is_damaged);
	error_free(storage_close(&storage, path));
	if (error)
		return error;
	*ret_superblock = superblock;
	if (ret_damaged)
		*ret_damaged = is_damaged;
	return NULL;
}

/* Views are PT_LOADs without content: they map physical to linear addresses. */
static struct error *parse_view(const struct core_file *core, const uint8_t *raw, size_t number,
				struct elf_segment *ret_segment)
{
	struct khimage_view view;

	(void)core, (void)number;
	memcpy(&view, raw, sizeof(view));
	*ret_segment = (struct elf_segment){ .type = PT_LOAD, .vaddr = view.linear, .paddr = view.phys,
					     .memory_size = view.size_bytes, .align = 1 };
	/* The ELF parser guarantees the same of its segments. */
	if (view.phys > SPAN_ADDRESS_END || view.size_bytes > SPAN_ADDRESS_END - view.phys)
		*ret_segment = (struct elf_segment){ .type = PT_NULL, .align = 1 };
	return NULL;
}

/* The views are read in parts of this size. */
#define VIEWS_BYTES (64u << 10)

/* The digest of the head, whose notes are in `notes` already. */
static struct error *hash_head(const struct khimage *snapshot, const uint8_t *notes, uint64_t *ret_digest)
{
	const struct khimage_superblock *superblock = &snapshot->superblock;
	struct khimage_hash *hash = khimage_hash_begin();
	AUTO_FREE uint8_t *part = xcalloc(VIEWS_BYTES, 1);
	uint64_t at = superblock->notes_bytes, end = khimage_head_bytes(superblock);
	struct error *error = NULL;

	khimage_hash_add(hash, notes, (size_t)at);
	while (!error && at < end) {
		size_t size = end - at < VIEWS_BYTES ? (size_t)(end - at) : VIEWS_BYTES;

		error = core_file_read(&snapshot->core, KHIMAGE_HEAD_OFFSET + at, part, size);
		khimage_hash_add(hash, part, size);
		at += size;
	}
	*ret_digest = khimage_hash_end(hash);
	return error;
}

/* Notes that were checked; the views are in the file, or, if they are not NULL, in memory. */
static struct error *take_head(struct khimage *snapshot, const uint8_t *notes, const uint8_t *views)
{
	const struct khimage_superblock *superblock = &snapshot->superblock;

	core_file_set_notes(&snapshot->core, notes, (size_t)superblock->notes_bytes);
	snapshot->core.elf = (struct elf_file){ .is_64 = true, .type = ET_CORE,
					     .machine = (uint16_t)superblock->elf_machine,
					     .segment_count = (size_t)superblock->view_count };
	snapshot->core.table = (struct core_table){ KHIMAGE_HEAD_OFFSET + khimage_views_offset(superblock),
						 sizeof(struct khimage_view), parse_view, views };
	return core_segments_survey(&snapshot->core);
}

static struct error *read_head(struct khimage *snapshot)
{
	const struct khimage_superblock *superblock = &snapshot->superblock;
	AUTO_FREE uint8_t *notes = xcalloc((size_t)superblock->notes_bytes + 1, 1);
	uint64_t digest;
	struct error *error =
		core_file_read(&snapshot->core, KHIMAGE_HEAD_OFFSET, notes, (size_t)superblock->notes_bytes);

	if (!error)
		error = hash_head(snapshot, notes, &digest);
	if (error)
		return error;
	if (digest != superblock->head_digest)
		return error_new("%s: the notes are damaged: their checksum is %016" PRIx64 ", and should be %016" PRIx64,
				 snapshot->core.path, digest, superblock->head_digest);
	return take_head(snapshot, notes, NULL);
}

/* Decrypts the head, block by block. */
static struct error *decrypt_head(const struct khimage *snapshot, uint8_t *head, size_t size)
{
	AUTO_FREE uint8_t *block = xcalloc(KHIMAGE_INDEX_BYTES, 1);
	uint64_t offset = KHIMAGE_HEAD_OFFSET;

	for (size_t at = 0, number = 0; at < size; number++) {
		size_t part = size - at < KHIMAGE_SEALED_BYTES ? size - at : KHIMAGE_SEALED_BYTES;
		struct error *error = core_file_read(&snapshot->core, offset, block, part + KHIMAGE_TAG_BYTES);

		if (error)
			return error;
		if (!khimage_crypt_open(snapshot->crypt, KHIMAGE_PART_HEAD, number, block, part, block + part, head + at))
			return error_new("%s: the notes are damaged, or were changed: they are not those that were encrypted",
					 snapshot->core.path);
		at += part;
		offset += part + KHIMAGE_TAG_BYTES;
	}
	return NULL;
}

struct error *khimage_open_locked(struct khimage *snapshot, const struct khkey_open *key)
{
	struct khimage_superblock *superblock = &snapshot->superblock;
	struct khimage_superblock opened = *superblock;
	struct khimage_crypt *crypt;
	struct error *error = khimage_crypt_unlock(key, &opened, &crypt);

	if (error)
		return error_prefix(error, "%s", snapshot->core.path);
	*superblock = opened;
	snapshot->crypt = crypt;
	snapshot->is_locked = false;
	error = error_prefix(khimage_superblock_check_opened(superblock), "%s", snapshot->core.path);
	if (error)
		return error;

	size_t size = (size_t)khimage_head_bytes(superblock);

	snapshot->views = xcalloc(size + 1, 1);
	error = decrypt_head(snapshot, snapshot->views, size);
	return error ? error : take_head(snapshot, snapshot->views, snapshot->views + khimage_views_offset(superblock));
}

static bool has_content(const struct khimage_superblock *superblock)
{
	return superblock->state == KHIMAGE_COMMITTED || superblock->state == KHIMAGE_USED;
}

/* The files of the storage are the core's from here on; what one mirror fails to read is read from another. */
static void take_storage(struct core_file *core, struct storage *storage)
{
	core->fd = storage->fd;
	core->extents = storage->extents;
	for (size_t i = 0; i < storage->mirror_count; i++)
		extents_add_mirror(&core->extents, storage->mirrors[i].fd, &storage->mirrors[i].extents);
	free(storage->mirrors);
}

struct error *khimage_open(struct khimage *snapshot, const char *path)
{
	struct khimage opened = { .core = { .path = xstrdup(path) } };
	struct storage storage;
	size_t slot;
	struct error *error = NULL;

	error = storage_open(&storage, path, STORAGE_READ, O_RDONLY, 0);
	if (error) {
		free(opened.core.path);
		return error;
	}
	error = khimage_read_superblock(&storage, path, &opened.superblock, &slot, &opened.slot_damaged);
	take_storage(&opened.core, &storage);
	opened.is_locked = !error && has_content(&opened.superblock) && opened.superblock.encryption.cipher;
	if (!error && has_content(&opened.superblock) && !opened.is_locked)
		error = read_head(&opened);
	if (error) {
		khimage_close(&opened);
		return error;
	}
	*snapshot = opened;
	return NULL;
}

void khimage_close(struct khimage *snapshot)
{
	core_file_deinit(&snapshot->core);
	khimage_crypt_end(snapshot->crypt);
	free(snapshot->views);
	*snapshot = (struct khimage){ 0 };
}

struct error *khimage_read_group(const struct khimage *snapshot, struct khimage_place *place, uint8_t *buffer,
				 struct khimage_group *ret_group)
{
	struct error *error = core_file_read(&snapshot->core, place->offset, buffer, KHIMAGE_INDEX_BYTES);
	uint8_t *tag = buffer + KHIMAGE_SEALED_BYTES;

	if (!error && snapshot->crypt) {
		if (!khimage_crypt_open(snapshot->crypt, KHIMAGE_PART_INDEX, place->number, buffer, KHIMAGE_SEALED_BYTES,
					tag, buffer))
			return error_new("%s: index block %" PRIu64 " of %" PRIu64 " is damaged, or was changed: it is not the one "
					 "that was encrypted", snapshot->core.path, place->number + 1,
					 snapshot->superblock.group_count);
		memset(tag, 0, KHIMAGE_TAG_BYTES);
	}
	if (!error)
		error = khimage_group_parse((struct bytes){ buffer, KHIMAGE_INDEX_BYTES }, &snapshot->superblock, place,
					    ret_group);
	return error ? error_prefix(error, "%s", snapshot->core.path) : NULL;
}
