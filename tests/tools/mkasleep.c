/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: mkasleep ROOT FIRST LAST FILE
 *
 * Writes a file of a kernel that sleeps, as kexec --save-asleep would on the
 * machine described below ROOT, with the window FIRST to LAST. Each page holds
 * its own number; the last 0x18000 bytes of the window are the room, the gate is 0x30000
 * bytes before its end.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "include/gate_param.h"
#include "kexec/plan/window.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"
#include "lib/core/asleep_note.h"
#include "lib/core/elf_write.h"
#include "lib/machine/fingerprint.h"
#include "lib/machine/kernel_map.h"

#define ROOM_BYTES 0x18000
#define GATE_BEFORE_END 0x30000

struct sleeper {
	struct machine machine;
	struct kernel_map map;
	struct window window;
	struct span_set memory;
};

static struct error *describe(struct sleeper *sleeper, const char *root, uint64_t first, uint64_t last)
{
	struct error *error = machine_init(&sleeper->machine, root);

	if (!error)
		error = kernel_map_init(&sleeper->map, root, sleeper->machine.arch);
	if (!error)
		error = window_given(&sleeper->machine, first, last, &sleeper->window);
	window_shadowed(&sleeper->window, &sleeper->memory);
	return error;
}

static void make_page(uint8_t *page, uint64_t phys, uint64_t gate)
{
	const struct gate_param param = { .magic = GATE_MAGIC, .peer_gdt = 1 };

	memset(page, 0, PAGE_SIZE_BYTES);
	memcpy(page, &phys, sizeof(phys));
	if (phys == gate)
		memcpy(page + GATE_PARAM_OFFSET, &param, sizeof(param));
}

static uint64_t write_pages(const struct sleeper *sleeper, uint64_t gate, FILE *file)
{
	uint8_t page[PAGE_SIZE_BYTES];
	struct xxh64 digest;

	xxh64_init(&digest);
	for (size_t i = 0; i < sleeper->memory.count; i++) {
		struct span part = sleeper->memory.items[i];

		for (uint64_t at = part.start; at < part.end; at += sizeof(page)) {
			make_page(page, at, gate);
			asleep_digest_page(&digest, at, page);
			fwrite(page, sizeof(page), 1, file);
		}
	}
	return xxh64_value(&digest);
}

static void write_headers(const struct sleeper *sleeper, uint64_t gate, uint64_t digest, FILE *file)
{
	const struct arch *arch = sleeper->machine.arch;
	uint64_t end = sleeper->window.bounds.end, offset = PAGE_SIZE_BYTES;
	struct jump_note jump = { .fixed = { .elf_machine = arch->elf_machine,
					     .paging_levels = (uint32_t)sleeper->map.paging_levels,
					     .memory_digest = fingerprint_memory(&sleeper->machine),
					     .cpu_digest = fingerprint_cpu(sleeper->machine.root) },
				  .window = sleeper->memory };
	const struct kjump_asleep_note fixed = { .room_start = end - ROOM_BYTES, .room_size_bytes = ROOM_BYTES,
						 .created = 1, .digest = digest };
	size_t jump_size, size, phdr_count = sleeper->memory.count + 1;
	AUTO_FREE uint8_t *jump_desc = jump_note_build(&jump, &jump_size);
	AUTO_FREE uint8_t *desc = asleep_note_build(&fixed, (struct bytes){ jump_desc, jump_size }, &size);
	uint8_t page[PAGE_SIZE_BYTES] = { 0 };
	size_t notes_at = elf_headers_size(arch->is_64, phdr_count), notes_size = elf_note_size(KJUMP_NOTE_NAME, size);
	uint8_t *at = elf_put_core_header(page, arch->is_64, arch->elf_machine, gate + GATE_ENTRY_PEER, phdr_count);

	Elf64_Phdr phdr = { .p_type = PT_NOTE, .p_offset = notes_at, .p_filesz = notes_size, .p_memsz = notes_size };

	at = elf_put_phdr(at, arch->is_64, &phdr);
	for (size_t i = 0; i < sleeper->memory.count; i++) {
		struct span part = sleeper->memory.items[i];

		phdr = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = offset, .p_paddr = part.start };
		phdr.p_filesz = phdr.p_memsz = span_size(part);
		at = elf_put_phdr(at, arch->is_64, &phdr);
		offset += span_size(part);
	}
	elf_note_put(page + notes_at, KJUMP_NOTE_NAME, KJUMP_ASLEEP_NOTE_TYPE, desc, size);
	rewind(file);
	fwrite(page, sizeof(page), 1, file);
}

int main(int argc, char **argv)
{
	struct sleeper sleeper = { 0 };
	uint64_t first, last;
	FILE *file;

	if (argc != 5 || !parse_number(argv[2], &first) || !parse_number(argv[3], &last)) {
		fputs("usage: mkasleep ROOT FIRST LAST FILE\n", stderr);
		return EXIT_FAILURE;
	}
	struct error *error = describe(&sleeper, argv[1], first, last);
	uint64_t gate = last + 1 - GATE_BEFORE_END;

	file = error ? NULL : fopen(argv[4], "w");
	if (file) {
		fseek(file, PAGE_SIZE_BYTES, SEEK_SET);
		write_headers(&sleeper, gate, write_pages(&sleeper, gate, file), file);
		if (fclose(file))
			error = error_new("cannot write \"%s\"", argv[4]);
	}
	span_set_deinit(&sleeper.memory);
	window_deinit(&sleeper.window);
	kernel_map_deinit(&sleeper.map);
	machine_deinit(&sleeper.machine);
	return error_report(error, "mkasleep");
}
