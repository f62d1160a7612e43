/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/elf_boot_notes.h"

#include <elf.h>
#include <string.h>

#include "config.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"

enum { BOOT_NOTE_LOADER_NAME = 2, BOOT_NOTE_LOADER_VERSION = 3, BOOT_NOTE_COMMAND_LINE = 4 };

struct boot_header {
	uint32_t signature;
	uint32_t size;
	uint16_t checksum;
	uint16_t records;
};

/* RFC 1071, over an even number of bytes. */
static uint16_t internet_checksum(const uint8_t *data, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)(data[i] | data[i + 1] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint8_t *elf_boot_notes_build(const char *cmdline, size_t *ret_size)
{
	static const char name[] = "ELFBoot";
	const struct {
		uint32_t type;
		const char *text;
	} records[] = { { BOOT_NOTE_LOADER_NAME, "kexec" },
			{ BOOT_NOTE_LOADER_VERSION, PACKAGE_VERSION },
			{ BOOT_NOTE_COMMAND_LINE, cmdline } };
	size_t size = sizeof(struct boot_header);

	for (size_t i = 0; i < ARRAY_COUNT(records); i++)
		size += sizeof(Elf32_Nhdr) + sizeof(name) + (size_t)align_4(strlen(records[i].text) + 1);

	uint8_t *data = xcalloc(size, 1);
	size_t at = sizeof(struct boot_header);
	struct boot_header header = { ELF_BOOT_MAGIC, (uint32_t)size, 0, ARRAY_COUNT(records) };

	for (size_t i = 0; i < ARRAY_COUNT(records); i++) {
		size_t text_size = strlen(records[i].text) + 1;
		Elf32_Nhdr note = { sizeof(name), (Elf32_Word)text_size, records[i].type };

		memcpy(data + at, &note, sizeof(note));
		memcpy(data + at + sizeof(note), name, sizeof(name));
		memcpy(data + at + sizeof(note) + sizeof(name), records[i].text, text_size);
		at += sizeof(note) + sizeof(name) + (size_t)align_4(text_size);
	}
	memcpy(data, &header, sizeof(header));
	header.checksum = internet_checksum(data, size);
	memcpy(data, &header, sizeof(header));
	*ret_size = size;
	return data;
}
