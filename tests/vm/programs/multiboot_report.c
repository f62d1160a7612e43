/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A multiboot image that prints on the serial port what it was told, a line
 * for each thing, and resets the machine. What follows "last=" on its command
 * line is its last word to the story's host.
 */
#include <stdint.h>

#include "kexec/format/multiboot_layout.h"
#include "tests/vm/programs/serial.h"

static void print_hex(uint64_t value)
{
	char digits[17];
	unsigned int at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	print("0x");
	print(digits + at);
}

static void begin(const char *what)
{
	print("\r\nKJ # ");
	print(what);
	print(" ");
}

/* As crc32(1) has it. */
static uint32_t crc32(const uint8_t *data, uint32_t size)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void report_module(uint32_t start, uint32_t end, const char *text)
{
	begin("module");
	print_hex(end - start);
	print(" ");
	print_hex(crc32((const uint8_t *)start, end - start));
	print(start % 4096 ? " on no page " : " ");
	print(text);
}

static void report_range(uint64_t start, uint64_t length, uint32_t type)
{
	begin("told");
	print_hex(start);
	print(" ");
	print_hex(start + length - 1);
	print(" ");
	print_hex(type);
}

static void report_sizes(uint32_t lower, uint32_t upper)
{
	begin("kib");
	print_hex(lower);
	print(" ");
	print_hex(upper);
}

static void report_text(const char *what, const char *text)
{
	begin(what);
	print(text);
}

static const char *report_mb1(const struct mb1_info *info)
{
	const struct mb1_module *modules = (const void *)info->mods_addr;

	report_text("loader", (const char *)info->boot_loader_name);
	report_text("cmdline", (const char *)info->cmdline);
	report_sizes(info->mem_lower, info->mem_upper);
	for (uint32_t i = 0; i < info->mods_count; i++)
		report_module(modules[i].start, modules[i].end, (const char *)modules[i].string);
	for (uint32_t at = info->mmap_addr; at < info->mmap_addr + info->mmap_length;) {
		const struct mb1_mmap_entry *entry = (const void *)at;

		report_range(entry->start, entry->length, entry->type);
		at += entry->size + 4;
	}
	return (const char *)info->cmdline;
}

struct mb2_tag {
	uint32_t type, size;
	union {
		char text[1];
		struct {
			uint32_t start, end;
			char text[1];
		} module;
		struct {
			uint32_t lower, upper;
		} memory;
		struct {
			uint32_t entry_size, version;
			struct mb2_mmap_entry entries[1];
		} map;
	};
};

static void report_map(const struct mb2_tag *tag)
{
	for (uint32_t at = 16; at < tag->size; at += tag->map.entry_size) {
		const struct mb2_mmap_entry *entry = (const void *)((const char *)tag + at);

		report_range(entry->start, entry->length, entry->type);
	}
}

static const char *report_mb2(const struct mb2_tag *tag)
{
	const char *cmdline = "";

	for (; tag->type; tag = (const void *)((const char *)tag + ((tag->size + 7) & ~7u))) {
		if (tag->type == MB2_LOADER_NAME)
			report_text("loader", tag->text);
		if (tag->type == MB2_CMDLINE)
			report_text("cmdline", cmdline = tag->text);
		if (tag->type == MB2_MODULE)
			report_module(tag->module.start, tag->module.end, tag->module.text);
		if (tag->type == MB2_BASIC_MEMORY)
			report_sizes(tag->memory.lower, tag->memory.upper);
		if (tag->type == MB2_MEMORY_MAP)
			report_map(tag);
		if (tag->type == MB2_ACPI_OLD || tag->type == MB2_ACPI_NEW) {
			begin("rsdp");
			print_hex(tag->size - 8);
		}
	}
	return cmdline;
}

static const char *last_word(const char *cmdline)
{
	for (; *cmdline; cmdline++)
		if (cmdline[0] == 'l' && cmdline[1] == 'a' && cmdline[2] == 's' && cmdline[3] == 't' && cmdline[4] == '=')
			return cmdline + 5;
	return "broken: no last=";
}

/* Called by the entry with %eax and %ebx. */
void report(uint32_t magic, uint32_t info);

void report(uint32_t magic, uint32_t info)
{
	const char *cmdline = "";

	if (magic == 0x2badb002) {
		report_text("version", "1");
		cmdline = report_mb1((const void *)info);
	} else if (magic == 0x36d76289) {
		report_text("version", "2");
		cmdline = report_mb2((const void *)(info + 8));
	} else {
		begin("unknown magic");
		print_hex(magic);
	}
	print("\r\nKJ ");
	print(last_word(cmdline));
	print("\r\n");
}
