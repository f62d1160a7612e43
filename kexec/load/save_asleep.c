/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/load/save_asleep.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "include/gate_param.h"
#include "include/kjump_asleep_note.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/core/asleep_note.h"
#include "lib/core/elf_write.h"
#include "lib/machine/kexec_image.h"
#include "lib/machine/machine.h"

/* Far more than headers and notes take. */
#define ROOM_BYTES_MAX (16 * MIB)

/* The file while it is made. */
struct output {
	const struct kexec_image *image;
	struct span_set memory; /* of the sleeping kernel: a PT_LOAD for each */
	struct kjump_asleep_note note;
	uint8_t *room;          /* the content of its headers and notes */
	struct bytes jump;      /* the KJUMP note in there */
	char *path;             /* of the new file, until it is renamed */
	int fd;
};

static void output_deinit(struct output *output)
{
	span_set_deinit(&output->memory);
	free(output->room);
	if (output->fd >= 0) {
		close(output->fd);
		unlink(output->path);
	}
	free(output->path);
}

static struct error *find_gate(const struct kexec_image *image, struct gate_param *ret_param)
{
	uint64_t gate = image->start - GATE_ENTRY_PEER;
	struct error *error = gate % PAGE_SIZE_BYTES ?
				      error_new("the entry 0x%" PRIx64 " is not that of a gate", image->start) :
				      kexec_image_read(image, gate + GATE_PARAM_OFFSET, ret_param, sizeof(*ret_param));

	if (!error && memcmp(ret_param->magic, GATE_MAGIC, sizeof(ret_param->magic)) != 0)
		error = error_new("the entry 0x%" PRIx64 " is not that of a gate", image->start);
	error = error_prefix(error, "no kernel sleeps in what is loaded; one does after --load-preserve-context, -e and a "
				    "jump back");
	if (error)
		return error;
	if (ret_param->flags & GATE_LOCAL_ENDED)
		return error_new("the kernel that was jumped to has ended");
	if (!ret_param->peer_room_size_bytes || ret_param->peer_room_size_bytes > ROOM_BYTES_MAX)
		return error_new("the kernel that sleeps cannot be woken in a later boot: this kernel, or that one, was "
				 "loaded by another version of kexec");
	return NULL;
}

/* The KJUMP note among those behind the headers. */
static struct error *find_note(struct output *output, struct bytes room)
{
	AUTO_ELF_FILE struct elf_file elf = { 0 };
	struct error *error = elf_file_init(&elf, room, UINT64_MAX);

	for (size_t i = 0; !error && i < elf.segment_count; i++) {
		const struct elf_segment *segment = &elf.segments[i];
		struct bytes notes;

		if (segment->type == PT_NOTE && segment->file_offset >= output->note.room_start &&
		    bytes_part(room, segment->file_offset - output->note.room_start, segment->file_size, &notes) &&
		    elf_note_find(notes, KJUMP_NOTE_NAME, KJUMP_NOTE_TYPE, &output->jump))
			return NULL;
	}
	return error ? error : error_new("there is no " KJUMP_NOTE_NAME " note");
}

static struct error *read_room(struct output *output, const struct gate_param *gate)
{
	size_t size = (size_t)gate->peer_room_size_bytes;
	struct error *error;

	output->room = xcalloc(size, 1);
	output->note.room_start = gate->peer_room;
	output->note.room_size_bytes = size;
	error = kexec_image_read(output->image, gate->peer_room, output->room, size);
	if (!error)
		error = find_note(output, (struct bytes){ output->room, size });
	return error_prefix(error, "the headers of the sleeping kernel at 0x%" PRIx64, gate->peer_room);
}

static struct error *cannot_write(const struct output *output)
{
	return error_errno(errno, "cannot write \"%s\"", output->path);
}

static struct error *write_at(const struct output *output, uint64_t offset, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t written = pwrite(output->fd, data, size, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return cannot_write(output);
		data += written;
		offset += (uint64_t)written;
		size -= (size_t)written;
	}
	return NULL;
}

/* Headers and note, to the next page. The note's size does not depend on its content. */
static uint64_t data_offset(const struct output *output)
{
	size_t note = elf_note_size(KJUMP_NOTE_NAME, sizeof(output->note) + output->jump.size);

	return address_align_up(elf_headers_size(output->image->arch->is_64, output->memory.count + 1) + note,
				PAGE_SIZE_BYTES);
}

/* All pages, zeros as holes; makes the digest. */
static struct error *write_pages(struct output *output)
{
	const struct kexec_image *image = output->image;
	uint8_t content[PAGE_SIZE_BYTES];
	uint64_t first = data_offset(output), end = first + image->count * PAGE_SIZE_BYTES;
	struct error *error = NULL;
	struct xxh64 digest;

	xxh64_init(&digest);
	if (ftruncate(output->fd, (off_t)end))
		return cannot_write(output);
	for (size_t i = 0; !error && i < image->count; i++) {
		error = kexec_image_read_page(image, &image->pages[i], content);
		if (!error && asleep_digest_page(&digest, image->pages[i].memory, content))
			error = write_at(output, first + i * PAGE_SIZE_BYTES, content, sizeof(content));
	}
	output->note.digest = xxh64_value(&digest);
	return error;
}

static Elf64_Phdr phdr_of(uint32_t type, uint64_t offset, struct span memory)
{
	return (Elf64_Phdr){ .p_type = type,
			     .p_flags = PF_R | PF_W | PF_X,
			     .p_offset = offset,
			     .p_paddr = memory.start,
			     .p_filesz = span_size(memory),
			     .p_memsz = span_size(memory) };
}

static struct error *write_headers(const struct output *output)
{
	const struct arch *arch = output->image->arch;
	uint64_t offset = data_offset(output);
	size_t note_size, phdrs_end = elf_headers_size(arch->is_64, output->memory.count + 1);
	AUTO_FREE uint8_t *note = asleep_note_build(&output->note, output->jump, &note_size);
	AUTO_FREE uint8_t *data = xcalloc((size_t)offset, 1);
	uint8_t *at = elf_put_core_header(data, arch->is_64, arch->elf_machine, output->image->start,
					  output->memory.count + 1);
	Elf64_Phdr phdr = phdr_of(PT_NOTE, phdrs_end, (struct span){ 0, elf_note_size(KJUMP_NOTE_NAME, note_size) });

	at = elf_put_phdr(at, arch->is_64, &phdr);
	for (size_t i = 0; i < output->memory.count; i++) {
		phdr = phdr_of(PT_LOAD, offset, output->memory.items[i]);
		at = elf_put_phdr(at, arch->is_64, &phdr);
		offset += span_size(output->memory.items[i]);
	}
	elf_note_put(data + phdrs_end, KJUMP_NOTE_NAME, KJUMP_ASLEEP_NOTE_TYPE, note, note_size);
	return write_at(output, 0, data, (size_t)data_offset(output));
}

/* The file appears under its name when all of it is on the disk. */
static struct error *finish(struct output *output, const char *path)
{
	if (fsync(output->fd))
		return cannot_write(output);
	/* It is not read again in this boot: its pages would only be more memory to save. */
	posix_fadvise(output->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (rename(output->path, path))
		return error_errno(errno, "cannot rename \"%s\" to \"%s\"", output->path, path);
	close(output->fd);
	output->fd = -1;
	return NULL;
}

static struct error *write_file(struct output *output, const char *path)
{
	struct error *error;

	output->path = xasprintf("%s.new", path);
	unlink(output->path);
	output->fd = open(output->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (output->fd < 0)
		return cannot_write(output);
	error = write_pages(output);
	if (!error)
		error = write_headers(output);
	return error ? error : finish(output, path);
}

struct error *save_asleep(const char *path, uint64_t origin)
{
	AUTO_KEXEC_IMAGE struct kexec_image image = { 0 };
	__attribute__((cleanup(output_deinit))) struct output output = { .image = &image, .fd = -1 };
	const struct arch *arch;
	struct gate_param gate;
	struct error *error = machine_arch("/", &arch);

	if (!error)
		error = kexec_image_init(&image, "/", arch);
	if (!error)
		error = find_gate(&image, &gate);
	if (!error)
		error = read_room(&output, &gate);
	if (error)
		return error;
	output.note.origin = origin;
	output.note.created = (uint64_t)time(NULL);
	kexec_image_memory(&image, &output.memory);
	return write_file(&output, path);
}
