/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/multiboot.h"

#include <inttypes.h>

#include "kexec/format/multiboot_layout.h"
#include "lib/base/alloc.h"

/* The search for the header of either version. */
static const struct search {
	uint32_t magic;
	uint64_t within; /* so many bytes of the file contain the whole fixed part */
	uint64_t align;
	uint64_t fixed_size;
	unsigned int sum_words; /* the 32-bit words whose sum is 0 */
} searches[] = {
	{ MB1_HEADER_MAGIC, 8192, 4, 12, 3 },
	{ MB2_HEADER_MAGIC, 32768, 8, 16, 4 },
};

static uint32_t sum_of(struct bytes bytes, uint64_t offset, unsigned int words)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < words; i++)
		sum += bytes_u32(bytes, offset + i * 4);
	return sum;
}

static bool find_header(struct bytes bytes, int version, uint64_t *ret_offset)
{
	const struct search *search = &searches[version - 1];
	struct bytes beginning = { bytes.data, bytes.size < search->within ? bytes.size : (size_t)search->within };

	for (uint64_t at = 0; bytes_contain(beginning, at, search->fixed_size); at += search->align) {
		if (bytes_u32(beginning, at) != search->magic || sum_of(beginning, at, search->sum_words))
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}

bool multiboot_probe(struct bytes bytes, int version)
{
	uint64_t offset;

	return find_header(bytes, version, &offset);
}

/* The four addresses that both versions have (0.6.96, 3.1.3; 2.0, 3.1.5), at `fields`. */
static struct error *read_addresses(struct multiboot *multiboot, struct bytes bytes, uint64_t header, uint64_t fields)
{
	uint32_t header_address = bytes_u32(bytes, fields), load = bytes_u32(bytes, fields + 4);
	uint64_t load_end = bytes_u32(bytes, fields + 8), bss_end = bytes_u32(bytes, fields + 12);

	/* -1: from the beginning of the file on (version 2). */
	if (load == UINT32_MAX && header_address >= header)
		load = (uint32_t)(header_address - header);
	if (load > header_address || header_address - load > header)
		return error_new("its multiboot header at offset 0x%" PRIx64 " belongs at 0x%" PRIx32
				 ", so the file begins after the load address 0x%" PRIx32,
				 header, header_address, load);
	multiboot->file_offset = header - (header_address - load);
	multiboot->load_address = load;
	multiboot->file_size = load_end ? load_end - load : bytes.size - multiboot->file_offset;
	if ((load_end && load_end < load) || !bytes_contain(bytes, multiboot->file_offset, multiboot->file_size))
		return error_new("its multiboot header loads 0x%" PRIx32 "-0x%" PRIx64
				 ", which the file of %zu bytes does not have",
				 load, load_end, bytes.size);
	multiboot->memory_size = multiboot->file_size;
	if (bss_end > load + multiboot->file_size)
		multiboot->memory_size = bss_end - load;
	if (load + multiboot->memory_size > (uint64_t)1 << 32 || !multiboot->memory_size)
		return error_new("its multiboot header loads %" PRIu64 " bytes to 0x%" PRIx32 ": not below 4 GiB",
				 multiboot->memory_size, load);
	multiboot->has_addresses = true;
	return NULL;
}

static struct error *read_version_1(struct multiboot *multiboot, struct bytes bytes, uint64_t header)
{
	uint32_t flags = bytes_u32(bytes, header + 4);
	uint32_t unknown = flags & MB1_HEADER_REQUIRED & ~(MB1_HEADER_PAGE_ALIGN | MB1_HEADER_MEMORY | MB1_HEADER_VIDEO);

	if (unknown)
		return error_new("its multiboot header requires features that are not provided: flags 0x%" PRIx32, unknown);
	multiboot->requests_framebuffer = flags & MB1_HEADER_VIDEO;
	if (!(flags & MB1_HEADER_ADDRESSES))
		return NULL;
	if (!bytes_contain(bytes, header, MB1_HEADER_ADDRESSES_END))
		return error_new("it is cut off in its multiboot header at offset 0x%" PRIx64, header);
	multiboot->has_entry = true;
	multiboot->entry = bytes_u32(bytes, header + MB1_HEADER_ENTRY);
	return read_addresses(multiboot, bytes, header, header + MB1_HEADER_ADDRESS_FIELDS);
}

/* Refuses an image that requires information which is not provided. */
static struct error *read_requests(struct bytes tag)
{
	for (uint64_t at = 8; bytes_contain(tag, at, 4); at += 4) {
		uint32_t type = bytes_u32(tag, at);

		if (type >= 32 || !(MB2_PROVIDED >> type & 1))
			return error_new("its multiboot2 header requires information that is not provided: type %" PRIu32,
					 type);
	}
	return NULL;
}

static struct error *read_relocation(struct multiboot *multiboot, struct bytes tag)
{
	uint32_t preference = bytes_u32(tag, 20);

	multiboot->min_address = bytes_u32(tag, 8);
	multiboot->max_address = bytes_u32(tag, 12);
	multiboot->align = bytes_u32(tag, 16);
	multiboot->prefers_high = preference == MB2_PREFER_HIGH;
	multiboot->relocatable = true;
	if (!multiboot->align || (multiboot->align & (multiboot->align - 1)))
		return error_new("its multiboot2 header has an alignment of 0x%" PRIx32 ", which is not a power of two",
				 multiboot->align);
	if (multiboot->min_address > multiboot->max_address)
		return error_new("its multiboot2 header lets it be moved from 0x%" PRIx32 " to 0x%" PRIx32,
				 multiboot->min_address, multiboot->max_address);
	return NULL;
}

struct tag_rule {
	uint16_t type;
	uint32_t size; /* at least */
};

/* The known tags. Those of EFI's boot services, which have ended, are not among them: an optional one is ignored. */
static const struct tag_rule tag_rules[] = {
	{ MB2_HEADER_REQUESTS, 8 },    { MB2_HEADER_ADDRESS, 24 },	 { MB2_HEADER_ENTRY, 12 },
	{ MB2_HEADER_CONSOLE, 12 },    { MB2_HEADER_FRAMEBUFFER, 20 },	 { MB2_HEADER_PAGE_ALIGN, 8 },
	{ MB2_HEADER_ENTRY_EFI32, 8 }, { MB2_HEADER_ENTRY_EFI64, 8 }, { MB2_HEADER_RELOCATABLE, 24 },
};

static const struct tag_rule *rule_of(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_COUNT(tag_rules); i++)
		if (tag_rules[i].type == type)
			return &tag_rules[i];
	return NULL;
}

static struct error *read_tag(struct multiboot *multiboot, struct bytes bytes, uint64_t header, uint64_t at,
			      struct bytes tag)
{
	uint16_t type = bytes_u16(tag, 0);
	bool optional = bytes_u16(tag, 2) & MB2_HEADER_OPTIONAL;
	const struct tag_rule *rule = rule_of(type);

	if (!rule)
		return optional ? NULL :
				  error_new("its multiboot2 header requires a feature that is not provided: tag %u", type);
	if (tag.size < rule->size)
		return error_new("its multiboot2 header has a tag %u of %zu bytes; %" PRIu32 " are needed", type, tag.size,
				 rule->size);
	switch (type) {
	case MB2_HEADER_REQUESTS:
		return optional ? NULL : read_requests(tag);
	case MB2_HEADER_ADDRESS:
		return read_addresses(multiboot, bytes, header, at + 8);
	case MB2_HEADER_ENTRY:
		multiboot->has_entry = true;
		multiboot->entry = bytes_u32(tag, 8);
		return NULL;
	case MB2_HEADER_FRAMEBUFFER:
		multiboot->requests_framebuffer = true;
		return NULL;
	case MB2_HEADER_RELOCATABLE:
		return read_relocation(multiboot, tag);
	default:
		return NULL;
	}
}

static struct error *read_version_2(struct multiboot *multiboot, struct bytes bytes, uint64_t header)
{
	uint32_t architecture = bytes_u32(bytes, header + 4), length = bytes_u32(bytes, header + 8);
	struct bytes whole, tag;

	if (architecture != MB2_HEADER_I386)
		return error_new("its multiboot2 header is for architecture %" PRIu32 ", not x86 (0)", architecture);
	if (!bytes_part(bytes, header, length, &whole))
		return error_new("it is cut off in its multiboot2 header of %" PRIu32 " bytes at offset 0x%" PRIx64, length,
				 header);
	for (uint64_t at = 16; bytes_contain(whole, at, 8); at += (tag.size + 7) & ~(uint64_t)7) {
		uint32_t size = bytes_u32(whole, at + 4);

		if (size < 8 || !bytes_part(whole, at, size, &tag))
			return error_new("its multiboot2 header is damaged: a tag at offset 0x%" PRIx64 " has %" PRIu32
					 " bytes",
					 header + at, size);
		if (bytes_u16(tag, 0) == MB2_HEADER_END)
			break;

		struct error *error = read_tag(multiboot, bytes, header, header + at, tag);
		if (error)
			return error;
	}
	if (multiboot->has_addresses && !multiboot->has_entry)
		return error_new("its multiboot2 header has load addresses and no entry address");
	return NULL;
}

struct error *multiboot_init(struct multiboot *multiboot, struct bytes bytes, int version)
{
	struct multiboot parsed = { .version = version };
	uint64_t header;

	if (!find_header(bytes, version, &header))
		return error_new("no multiboot%s header in its first %" PRIu64 " bytes", version == 2 ? "2" : "",
				 searches[version - 1].within);

	struct error *error = version == 2 ? read_version_2(&parsed, bytes, header) :
					     read_version_1(&parsed, bytes, header);
	if (error)
		return error;
	*multiboot = parsed;
	return NULL;
}
