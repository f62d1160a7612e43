/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/memmap.h"

#include <time.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* "1000-1fff RAM, …" */
static char *map_text(const struct memmap *map)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < map->count; i++) {
		AUTO_FREE char *before = text;

		text = xasprintf("%s%s%" PRIx64 "-%" PRIx64 " %s", before, i ? ", " : "", map->entries[i].span.start,
				 map->entries[i].span.end - 1, memory_type_name(map->entries[i].type));
	}
	return text;
}

static void map_is(const struct memmap *map, const char *wanted, const char *name)
{
	AUTO_FREE char *text = map_text(map);

	is_text(text, wanted, "%s", name);
}

static void set(struct memmap *map, uint64_t start, uint64_t end, enum memory_type type)
{
	memmap_set(map, (struct span){ start, end }, type);
}

static void test_set(void)
{
	AUTO_MEMMAP struct memmap map = { 0 };

	set(&map, 0x1000, 0x9000, MEMORY_RAM);
	map_is(&map, "1000-8fff RAM", "one span");
	set(&map, 0x3000, 0x4000, MEMORY_ACPI);
	map_is(&map, "1000-2fff RAM, 3000-3fff ACPI, 4000-8fff RAM", "a hole in it");
	set(&map, 0x2000, 0x5000, MEMORY_RESERVED);
	map_is(&map, "1000-1fff RAM, 2000-4fff reserved, 5000-8fff RAM", "over both edges of it");
	set(&map, 0x2000, 0x5000, MEMORY_RAM);
	map_is(&map, "1000-8fff RAM", "neighbours of one type are one");
	set(&map, 0x0, 0x2000, MEMORY_NVS);
	map_is(&map, "0-1fff ACPI NVS, 2000-8fff RAM", "over the beginning");
	set(&map, 0x8000, 0xa000, MEMORY_UNUSABLE);
	map_is(&map, "0-1fff ACPI NVS, 2000-7fff RAM, 8000-9fff unusable", "over the end");
	set(&map, 0xa000, 0xb000, MEMORY_UNUSABLE);
	map_is(&map, "0-1fff ACPI NVS, 2000-7fff RAM, 8000-afff unusable", "behind the end");
	set(&map, 0x1000, 0x9000, MEMORY_NONE);
	map_is(&map, "0-fff ACPI NVS, 9000-afff unusable", "taken out");
	set(&map, 0x5000, 0x5000, MEMORY_RAM);
	set(&map, 0x6000, 0x5000, MEMORY_RAM);
	map_is(&map, "0-fff ACPI NVS, 9000-afff unusable", "an empty span changes nothing");
	set(&map, 0, 0x10000, MEMORY_NONE);
	map_is(&map, "", "all taken out");
}

/* Linux e820_nomerge, arch/x86/kernel/e820.c: their bounds are those of nodes or protection domains. */
static void test_kept_apart(void)
{
	static const struct {
		enum memory_type type;
		const char *name;
	} types[] = { { MEMORY_PERSISTENT_LEGACY, "persistent (legacy)" }, { MEMORY_SOFT_RESERVED, "soft reserved" } };

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		AUTO_MEMMAP struct memmap map = { 0 }, copy = { 0 };
		const char *name = types[i].name;
		AUTO_FREE char *two = xasprintf("1000-1fff %s, 2000-3fff %s", name, name);
		AUTO_FREE char *three = xasprintf("1000-1fff %s, 2000-3fff %s, 4000-4fff %s", name, name, name);
		AUTO_FREE char *over = xasprintf("1000-17ff %s, 1800-47ff %s, 4800-4fff %s", name, name, name);

		set(&map, 0x2000, 0x4000, types[i].type);
		set(&map, 0x1000, 0x2000, types[i].type);
		map_is(&map, two, "neighbours are kept apart");
		set(&map, 0x4000, 0x5000, types[i].type);
		map_is(&map, three, "on the other side, too");
		for (size_t at = 0; at < map.count; at++)
			memmap_set(&copy, map.entries[at].span, map.entries[at].type);
		map_is(&copy, three, "in a copy");
		set(&map, 0x2000, 0x4000, types[i].type);
		map_is(&map, three, "the same once more changes nothing");
		set(&map, 0x1800, 0x4800, types[i].type);
		map_is(&map, over, "the later of two that overlap has its bounds");
	}
}

/* Against an array with the type of each page. */
static void test_set_by_model(void)
{
	static const enum memory_type types[] = { MEMORY_NONE, MEMORY_RAM, MEMORY_RESERVED, MEMORY_ACPI };
	struct random random = { 7 };
	enum memory_type model[64] = { MEMORY_NONE };
	AUTO_MEMMAP struct memmap map = { 0 };
	bool same = true, tidy = true;

	for (int round = 0; round < 5000; round++) {
		size_t start = random_below(&random, 64), end = start + random_below(&random, 64 - start + 1);
		enum memory_type type = types[random_below(&random, 4)];

		set(&map, start, end, type);
		for (size_t i = start; i < end; i++)
			model[i] = type;
		for (size_t i = 0, at = 0; i < 64; i++) {
			while (at < map.count && map.entries[at].span.end <= i)
				at++;
			bool inside = at < map.count && map.entries[at].span.start <= i;

			same = same && (inside ? map.entries[at].type : MEMORY_NONE) == model[i];
		}
		for (size_t i = 1; i < map.count; i++)
			tidy = tidy && map.entries[i - 1].span.end <= map.entries[i].span.start &&
			       (map.entries[i - 1].span.end < map.entries[i].span.start ||
				map.entries[i - 1].type != map.entries[i].type);
	}
	ok(same, "5000 changes leave what an array of pages has");
	ok(tidy, "sorted, disjoint and merged at any time");
}

static const char plain_iomem[] = "00000000-00000fff : Reserved\n"
				  "00001000-0009fbff : System RAM\n"
				  "0009fc00-0009ffff : Reserved\n"
				  "000a0000-000bffff : PCI Bus 0000:00\n"
				  "00100000-3ffdffff : System RAM\n"
				  "  1a000000-1ae01fff : Kernel code\n"
				  "  1b000000-1b95dfff : Kernel rodata\n"
				  "  1ba00000-1bc8b97f : Kernel data\n"
				  "  2f000000-2fffffff : Crash kernel\n"
				  "  30000000-3000ffff : Reserved\n"
				  "3ffe0000-3fffffff : ACPI Tables\n"
				  "fd000000-fdffffff : PCI Bus\n"
				  "  fd000000-fd000fff : Reserved\n"
				  "140000000-17fffffff : Soft Reserved\n"
				  "  140000000-14fffffff : dax0.0\n"
				  "    140000000-14fffffff : System RAM (kmem)\n"
				  "180000000-1bfffffff : virtio0\n"
				  "  180000000-187ffffff : System RAM (virtio_mem)\n";

static void test_iomem(void)
{
	struct iomem iomem = { 0 };
	AUTO_SPAN_SET struct span_set ram = { 0 };

	if (!ok(no_error(iomem_parse(plain_iomem, &iomem)), "/proc/iomem is read"))
		return;
	map_is(&iomem.map,
	       "0-fff reserved, 1000-9fbff RAM, 9fc00-9ffff reserved, 100000-3ffdffff RAM, 3ffe0000-3fffffff ACPI, "
	       "fd000000-fd000fff reserved, 140000000-17fffffff soft reserved",
	       "types at any depth; what is reserved in RAM is RAM");
	ok(iomem.driver_managed.count == 2 && iomem.driver_managed.items[0].start == 0x140000000 &&
		   iomem.driver_managed.items[0].end == 0x150000000,
	   "what a driver has added is told apart from what the firmware has");
	ok(iomem.driver_managed.items[1].start == 0x180000000 && iomem.driver_managed.items[1].end == 0x188000000,
	   "whatever driver it is");
	is_u64(iomem.kernel_image.count, 3, "the parts of the kernel");
	is_u64(span_set_size(&iomem.kernel_image), 0xe02000 + 0x95e000 + 0x28b980, "to the byte");
	ok(iomem.crash_kernel.count == 1 && iomem.crash_kernel.items[0].start == 0x2f000000 &&
		   iomem.crash_kernel.items[0].end == 0x30000000, "the crashkernel region");
	memmap_collect(&iomem.map, MEMORY_RAM, &ram);
	is_u64(ram.count, 2, "spans of RAM");
	iomem_deinit(&iomem);
}

static void test_odd_iomem(void)
{
	struct iomem iomem = { 0 };

	ok(error_contains(iomem_parse("00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n"
				      "  00000000-00000000 : Kernel code\n00000000-00000000 : System RAM\n", &iomem),
		      "shows only zeros"), "zeros are what others than root see");
	ok(error_contains(iomem_parse("0000000000000000-0000000000000000 : System RAM", &iomem), "shows only zeros"),
	   "wide ones, too");
	ok(error_contains(iomem_parse("", &iomem), "lists no System RAM"), "nothing");
	ok(error_contains(iomem_parse("000a0000-000bffff : PCI Bus\n", &iomem), "lists no System RAM"), "no RAM");
	ok(error_contains(iomem_parse("1000-1fff : System RAM\n0-ffff : ACPI Tables\n", &iomem), "lists no System RAM"),
	   "RAM that another line covers");
	ok(no_error(iomem_parse("nonsense\n\n-: System RAM\n2000-1000 : System RAM\n1000-1fff: System RAM\n"
				"ffffffffffffffff-ffffffffffffffff : System RAM\n3000-3fff : System RAM", &iomem)),
	   "lines of another form do no harm");
	map_is(&iomem.map, "3000-3fff RAM", "and are left out, like what no address bus reaches");
	iomem_deinit(&iomem);
	ok(no_error(iomem_parse("0-ffffffffffffffff : System RAM\n", &iomem)), "a range of everything");
	map_is(&iomem.map, "0-fffffffffffff RAM", "ends with the physical addresses");
	iomem_deinit(&iomem);
}

/* A machine with many devices: no square of their number. */
static void test_large_iomem(void)
{
	AUTO_BUFFER struct buffer text = { 0 };
	struct iomem iomem = { 0 };

	for (uint64_t i = 0; i < 10000; i++) {
		AUTO_FREE char *line = xasprintf("%08" PRIx64 "-%08" PRIx64 " : %s\n", i << 20, (i << 20) + 0x7ffff,
						 i % 2 ? "System RAM" : "Reserved");

		put(&text, line, strlen(line));
	}
	put(&text, "", 1);

	clock_t start = clock();

	ok(no_error(iomem_parse((const char *)text.data, &iomem)) && iomem.map.count == 10000, "10000 lines");

	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

	ok(seconds < 2, "are read in time");
	diag("%.3f s", seconds);
	iomem_deinit(&iomem);
}

static void test_words(void)
{
	AUTO_MEMMAP struct memmap map = { 0 };
	AUTO_FREE char *nothing = memmap_words(&map);

	is_text(nothing, "memmap=exactmap", "no memory at all in words");
	set(&map, 0, 0x1000, MEMORY_RESERVED);
	set(&map, 0x1000, 0x9fc01, MEMORY_RAM);
	set(&map, 0x7fe0000, 0x7fe8000, MEMORY_ACPI);
	set(&map, 0x7fe8000, 0x7ff0000, MEMORY_NVS);
	set(&map, 0x7ff0000, 0x7ff8000, MEMORY_UNUSABLE);
	set(&map, 0x100000000, 0x140000000, MEMORY_RAM);
	set(&map, 0x140000000, 0x140200000, MEMORY_PERSISTENT);
	set(&map, 0x140200000, 0x140400000, MEMORY_PERSISTENT_LEGACY);
	set(&map, 0x140400000, 0x140600000, MEMORY_PERSISTENT_LEGACY);

	AUTO_FREE char *words = memmap_words(&map);

	is_text(words,
		"memmap=exactmap memmap=0x9ec01@4K memmap=32K#130944K memmap=32K#130976K memmap=1048576K@4194304K "
		"memmap=2048K!5244928K memmap=2048K!5246976K",
		"all kinds of memory in words; what the NFIT describes is no legacy pmem, nor are two made one");
}

int main(void)
{
	test_words();
	test_set();
	test_kept_apart();
	test_set_by_model();
	test_iomem();
	test_odd_iomem();
	test_large_iomem();
	return tap_done();
}
