/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/fingerprint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "include/kjump_note.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/base/text.h"
#include "lib/machine/cpus.h"
#include "lib/machine/kernel_cmdline.h"
#include "lib/machine/kernel_config.h"
#include "purgatory/xxh64.h"

uint64_t fingerprint_memory(const struct machine *machine)
{
	AUTO_MEMMAP struct memmap map = { 0 };
	struct xxh64 digest;

	for (size_t i = 0; i < machine->firmware_map.count; i++) {
		const struct memmap_entry *entry = &machine->firmware_map.entries[i];
		struct span above = span_intersect(entry->span, (struct span){ MIB, SPAN_ADDRESS_END });

		if (!span_is_empty(above))
			memmap_set(&map, above, entry->type == MEMORY_RAM ? MEMORY_RESERVED : entry->type);
	}
	xxh64_init(&digest);
	for (size_t i = 0; i < map.count; i++) {
		const struct memmap_entry *entry = &map.entries[i];
		uint64_t record[3] = { entry->span.start, entry->span.end, (uint32_t)entry->type };

		xxh64_update(&digest, record, sizeof(record));
	}
	return xxh64_value(&digest);
}

/*
 * Features that a kernel or its programs use once they have found them. The flags of /proc/cpuinfo as a
 * whole would not do: many are the kernel's own (pti, rep_good, constant_tsc), so they change with its
 * version and its command line, and the restoring kernel is not the saved one.
 */
static const char *const cpu_features[] = {
	"fpu",	     "pse",	   "tsc",     "msr",	   "pae",	 "mce",	     "cx8",	   "sep",	  "mtrr",
	"pge",	     "cmov",	   "pat",     "pse36",	   "clflush",	 "mmx",	     "fxsr",	   "sse",	  "sse2",
	"syscall",   "nx",	   "pdpe1gb", "rdtscp",	   "lm",	 "pni",	     "pclmulqdq",  "ssse3",	  "fma",
	"cx16",	     "pcid",	   "sse4_1",  "sse4_2",	   "x2apic",	 "movbe",    "popcnt",	   "aes",	  "xsave",
	"avx",	     "f16c",	   "rdrand",  "lahf_lm",   "abm",	 "sse4a",    "fsgsbase",   "bmi1",	  "avx2",
	"smep",	     "bmi2",	   "erms",    "invpcid",   "rtm",	 "avx512f",  "avx512dq",   "rdseed",	  "adx",
	"smap",	     "clflushopt", "clwb",    "avx512cd",  "sha_ni",	 "avx512bw", "avx512vl",   "xsaveopt",	  "xsavec",
	"xgetbv1",   "xsaves",	   "umip",    "pku",	   "vaes",	 "gfni",     "vpclmulqdq", "rdpid",	  "la57",
	"avx512ifma", "avx512vbmi", "amx_tile",
};

static void add_cpu_line(struct xxh64 *digest, const char *line)
{
	static const char *const identity[] = { "vendor_id", "cpu family", "model\t" };

	for (size_t i = 0; i < ARRAY_COUNT(identity); i++)
		if (!strncmp(line, identity[i], strlen(identity[i])))
			xxh64_update(digest, line, strlen(line) + 1);
	if (strncmp(line, "flags", strlen("flags")) != 0)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(cpu_features); i++)
		if (cpuinfo_line_has(line, cpu_features[i]))
			xxh64_update(digest, cpu_features[i], strlen(cpu_features[i]) + 1);
}

uint64_t fingerprint_cpu(const char *root)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/cpuinfo", &text, NULL);
	struct xxh64 digest;
	char *next;

	if (error) {
		error_free(error);
		return 0;
	}
	xxh64_init(&digest);
	const char *cursor = text;
	/* An empty line ends the first CPU. */
	while ((next = next_line(&cursor))) {
		AUTO_FREE char *line = next;

		if (!*line)
			break;
		add_cpu_line(&digest, line);
	}
	return xxh64_value(&digest);
}

void fingerprint_boot_id(const char *root, uint8_t ret_id[16])
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, "/proc/sys/kernel/random/boot_id", &text, NULL);
	size_t digit = 0;

	memset(ret_id, 0, 16);
	for (const char *at = error ? "" : text; *at && digit < 32; at++) {
		if (!isxdigit((unsigned char)*at))
			continue;
		int value = isdigit((unsigned char)*at) ? *at - '0' : tolower((unsigned char)*at) - 'a' + 10;

		ret_id[digit / 2] = (uint8_t)(ret_id[digit / 2] | value << (digit % 2 ? 0 : 4));
		digit++;
	}
	error_free(error);
}

/* Whether a switch such as init_on_free=1 is on, as the kernel reads it (lib/kstrtox.c, kstrtobool). */
static bool is_on(const char *cmdline, const char *key, bool usual)
{
	AUTO_FREE char *value = NULL;

	if (!cmdline_find(cmdline, key, &value) || !*value)
		return usual;

	const char *letter = *value == 'o' || *value == 'O' ? value + 1 : value;

	if (letter > value ? strchr("nN", *letter) && *letter : strchr("1yYtT", *letter) != NULL)
		return true;
	if (letter > value ? strchr("fF", *letter) && *letter : strchr("0nNfF", *letter) != NULL)
		return false;
	return usual;
}

uint32_t fingerprint_free_pages(const char *cmdline, const char *config)
{
	bool can_poison = !config || kernel_config_has(config, "PAGE_POISONING");
	/* Up to 5.10 the poison could be zeros. */
	bool poison_is_zero = config && kernel_config_has(config, "PAGE_POISONING_ZERO");
	bool zero_is_usual = config && kernel_config_has(config, "INIT_ON_FREE_DEFAULT_ON");

	/* page_poison overrides init_on_free (mm/page_alloc.c, mem_debugging_and_hardening_init). */
	if (can_poison && is_on(cmdline, "page_poison", false))
		return poison_is_zero ? KJUMP_FREE_ZERO : KJUMP_FREE_POISON;
	return is_on(cmdline, "init_on_free", zero_is_usual) ? KJUMP_FREE_ZERO : KJUMP_FREE_ANY;
}
