/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/image_builder.h"

#include <string.h>

#include "kexec/format/multiboot_layout.h"

void build_multiboot1(struct buffer *buffer, size_t offset, uint32_t flags, const uint32_t addresses[5], size_t size)
{
	put_zeros(buffer, offset);
	put_u32(buffer, MB1_HEADER_MAGIC);
	put_u32(buffer, flags);
	put_u32(buffer, -(MB1_HEADER_MAGIC + flags));
	for (size_t i = 0; addresses && i < 5; i++)
		put_u32(buffer, addresses[i]);
	if (buffer->size < size)
		put_zeros(buffer, size - buffer->size);
}

static void put_tag(struct buffer *buffer, const struct multiboot_tag *tag)
{
	put_u32(buffer, tag->type | (uint32_t)tag->flags << 16);
	put_u32(buffer, (uint32_t)(8 + tag->count * 4));
	for (size_t i = 0; i < tag->count; i++)
		put_u32(buffer, tag->words[i]);
	put_zeros(buffer, tag->count % 2 * 4);
}

void build_multiboot2(struct buffer *buffer, size_t offset, const struct multiboot_tag *tags, size_t count, size_t size)
{
	put_zeros(buffer, offset);

	size_t start = buffer->size;

	put_u32(buffer, MB2_HEADER_MAGIC);
	put_u32(buffer, MB2_HEADER_I386);
	put_u32(buffer, 0);
	put_u32(buffer, 0);
	for (size_t i = 0; i < count; i++)
		put_tag(buffer, &tags[i]);
	put_tag(buffer, &(struct multiboot_tag){ .type = MB2_HEADER_END });

	uint32_t length = (uint32_t)(buffer->size - start);
	uint32_t checksum = -(MB2_HEADER_MAGIC + MB2_HEADER_I386 + length);

	poke(buffer, start + 8, length, 4);
	poke(buffer, start + 12, checksum, 4);
	if (buffer->size < size)
		put_zeros(buffer, size - buffer->size);
}

/* ---- PE ---- */

#define PE_HEADER_OFFSET 0x80
#define PE_OPTIONAL_HEADER_BYTES 0x70
#define PE_SECTION_BYTES 40

static size_t align_512(size_t size)
{
	return (size + 511) & ~(size_t)511;
}

static void put_pe_section(struct buffer *buffer, const struct pe_section_spec *section, size_t offset)
{
	char name[8] = { 0 };

	memcpy(name, section->name, strnlen(section->name, sizeof(name)));
	put(buffer, name, sizeof(name));
	put_u32(buffer, section->virtual_size ? section->virtual_size : (uint32_t)section->content.size);
	put_u32(buffer, 0x1000000);
	put_u32(buffer, (uint32_t)align_512(section->content.size));
	put_u32(buffer, (uint32_t)offset);
	put_zeros(buffer, 16);
}

void build_pe(struct buffer *buffer, uint16_t machine, const struct pe_section_spec *sections, size_t count)
{
	size_t table = PE_HEADER_OFFSET + 24 + PE_OPTIONAL_HEADER_BYTES;
	size_t offset = align_512(table + count * PE_SECTION_BYTES);

	put(buffer, "MZ", 2);
	put_zeros(buffer, table - 2);
	poke(buffer, 0x3c, PE_HEADER_OFFSET, 4);
	memcpy(buffer->data + PE_HEADER_OFFSET, "PE", 2);
	poke(buffer, PE_HEADER_OFFSET + 4, machine, 2);
	poke(buffer, PE_HEADER_OFFSET + 6, count, 2);
	poke(buffer, PE_HEADER_OFFSET + 20, PE_OPTIONAL_HEADER_BYTES, 2);
	for (size_t i = 0; i < count; i++) {
		put_pe_section(buffer, &sections[i], offset);
		offset += align_512(sections[i].content.size);
	}
	for (size_t i = 0; i < count; i++) {
		put_zeros(buffer, align_512(buffer->size) - buffer->size);
		put(buffer, sections[i].content.data, sections[i].content.size);
	}
	put_zeros(buffer, align_512(buffer->size) - buffer->size);
}
