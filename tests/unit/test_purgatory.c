/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of purgatory and gate that run without a machine; tests/vm-blobs runs them on one. */
#include <stdlib.h>
#include <string.h>

#include "include/gate_param.h"
#include "include/purgatory_param.h"
#include "lib/base/alloc.h"
#include "purgatory/blobs.h"
#include "purgatory/identity_map.h"
#include "purgatory/cmdline_entry.h"
#include "tests/tap.h"

/* ---- the command line ------------------------------------------------------ */

/* Inserts into `before` in a buffer of exactly that size, so that a sanitizer sees a byte too many. */
static void check_insert(const char *before, size_t size_bytes, uint64_t entry, const char *after, const char *name)
{
	char *cmdline = malloc(size_bytes);
	char *untouched = malloc(size_bytes);
	size_t length = strlen(before);

	memset(cmdline, 0x7e, size_bytes);
	memcpy(cmdline, before, length < size_bytes ? length + 1 : size_bytes);
	memcpy(untouched, cmdline, size_bytes);
	bool inserted = cmdline_entry_insert(cmdline, size_bytes, entry);

	if (after)
		ok(inserted && !strcmp(cmdline, after), "%s", name);
	else
		ok(!inserted && !memcmp(cmdline, untouched, size_bytes), "%s", name);
	if (after && inserted && strcmp(cmdline, after))
		diag("got \"%s\"", cmdline);
	free(untouched);
	free(cmdline);
}

static void test_insert(void)
{
	check_insert("ro quiet", 256, 0x12345000, "ro quiet kexec_jump_back_entry=0x12345000",
		     "the entry is the last parameter");
	check_insert("", 256, 0xabc, "kexec_jump_back_entry=0xabc", "the first of an empty command line");
	check_insert("ro", 256, 0, "ro kexec_jump_back_entry=0x0", "an entry of 0 has a digit");
	check_insert("ro", 256, UINT64_MAX, "ro kexec_jump_back_entry=0xffffffffffffffff", "16 digits");
	check_insert("ro", 256, 0x9876543210abcdef, "ro kexec_jump_back_entry=0x9876543210abcdef", "all digits");
}

static void test_insert_room(void)
{
	const char *whole = "ro kexec_jump_back_entry=0xffffffffffffffff";

	check_insert("ro", strlen(whole) + 1, UINT64_MAX, whole, "a buffer with just enough room will do");
	check_insert("ro", strlen(whole), UINT64_MAX, NULL, "one byte less, and nothing is written");
	check_insert("ro", 3, 1, NULL, "no room at all");
	check_insert("ro", 2, 1, NULL, "a text without its NUL is left alone");
	check_insert("", 1, 1, NULL, "a buffer of a NUL only");
	is_u64(JUMP_BACK_ENTRY_ROOM, strlen(whole) - strlen("ro"), "the room to leave is that of 16 digits");
	ok(!cmdline_entry_insert(NULL, 0, 1), "no buffer");
}

static void test_insert_again(void)
{
	check_insert("ro kexec_jump_back_entry=0x1", 256, 0x22, "ro kexec_jump_back_entry=0x22",
		     "an entry at the end is replaced");
	check_insert("ro kexec_jump_back_entry=0x12345678", 256, 0x2, "ro kexec_jump_back_entry=0x2",
		     "a longer one, too");
	check_insert("kexec_jump_back_entry=0x1", 256, 0x2, "kexec_jump_back_entry=0x2",
		     "and one that is all there is");
	check_insert("ro kexec_jump_back_entry=0xffffffff", strlen("ro kexec_jump_back_entry=0xffffffff") + 1, 0x2,
		     "ro kexec_jump_back_entry=0x2", "its room is used again");
	check_insert("ro kexec_jump_back_entry=0x1", strlen("ro kexec_jump_back_entry=0x1") + 1, 0x22, NULL,
		     "a longer one that does not fit leaves the old one");
	check_insert("my_kexec_jump_back_entry=0x1", 256, 0x2,
		     "my_kexec_jump_back_entry=0x1 kexec_jump_back_entry=0x2", "another word that ends so stays");
	check_insert("kexec_jump_back_entry=0x1 ro", 256, 0x2,
		     "ro kexec_jump_back_entry=0x2", "and one further in front");
	check_insert("kexec_jump_back_entry=0x1 ro  kexec_jump_back_entry=0x2 x kexec-jump-back-entry", 256, 0x3,
		     "ro  x kexec_jump_back_entry=0x3", "all of them, as the kernel reads names");
	check_insert("\"kexec_jump_back_entry=0x1\" ro", 256, 0x2, "ro kexec_jump_back_entry=0x2", "a quoted one");
}

/* Behind "--" the kernel reads no parameter. */
static void test_insert_before_arguments(void)
{
	const char *whole = "ro kexec_jump_back_entry=0xffffffffffffffff -- x";

	check_insert("ro -- x", 256, 0x1, "ro kexec_jump_back_entry=0x1 -- x", "before --");
	check_insert("ro --", 256, 0x1, "ro kexec_jump_back_entry=0x1 --", "behind which there is nothing");
	check_insert("-- x", 256, 0x1, "kexec_jump_back_entry=0x1 -- x", "or nothing before it");
	check_insert("ro  --  x -- y", 256, 0x1, "ro kexec_jump_back_entry=0x1 --  x -- y", "the first one");
	check_insert("ro \"--\" x", 256, 0x1, "ro kexec_jump_back_entry=0x1 \"--\" x", "a quoted one");
	check_insert("ro a=\"b -- c\" --d e-- --=f", 256, 0x1,
		     "ro a=\"b -- c\" --d e-- --=f kexec_jump_back_entry=0x1", "not behind what only looks like it");
	check_insert("ro -- kexec_jump_back_entry=0x7", 256, 0x1,
		     "ro kexec_jump_back_entry=0x1 -- kexec_jump_back_entry=0x7", "an argument of that name stays");
	check_insert("kexec_jump_back_entry=0x7 ro -- x", 256, 0x1, "ro kexec_jump_back_entry=0x1 -- x",
		     "a parameter of that name goes");
	check_insert("ro a=\"b c", 256, 0x1, "ro kexec_jump_back_entry=0x1 a=\"b c",
		     "before a quote that is not closed");
	check_insert("ro -- x", strlen(whole) + 1, UINT64_MAX, whole, "with just enough room");
	check_insert("ro -- x", strlen(whole), UINT64_MAX, NULL, "and with one byte less");
}

/* ---- page tables ------------------------------------------------------------ */

struct map_space {
	void *pool;
	size_t table_count;
	struct identity_map map;
};

static void map_space_init(struct map_space *space, unsigned int levels, size_t table_count)
{
	size_t size_bytes = table_count * IDENTITY_MAP_TABLE_BYTES;

	space->pool = aligned_alloc(IDENTITY_MAP_TABLE_BYTES, size_bytes);
	memset(space->pool, 0xff, size_bytes);
	space->table_count = table_count;
	identity_map_init(&space->map, space->pool, (char *)space->pool + size_bytes, levels);
}

/* Walks as the processor does: the physical address of `address`, UINT64_MAX for a fault. */
static uint64_t walk(const struct identity_map *map, uint64_t address)
{
	const uint64_t *table = map->root;

	for (unsigned int level = map->levels; level >= 2; level--) {
		uint64_t entry = table[address >> (12 + 9 * (level - 1)) & 511];

		if ((entry & 3) != 3)
			return UINT64_MAX;
		if (level == 2)
			return entry & 0x80 ? (entry & 0x000fffffffe00000) | (address & 0x1fffff) : UINT64_MAX;
		if (entry & 0x80)
			return UINT64_MAX;
		table = (const uint64_t *)(uintptr_t)(entry & 0x000ffffffffff000);
	}
	return UINT64_MAX;
}

static size_t count_used(const struct map_space *space)
{
	return (size_t)((char *)space->map.next - (char *)space->pool) / IDENTITY_MAP_TABLE_BYTES;
}

static void test_map(unsigned int levels, uint64_t highest)
{
	const uint64_t addresses[] = { 0x100000, 0x40000000 - 1, highest, highest ^ 0x1234567890 };
	struct map_space space;
	unsigned int wrong = 0;

	map_space_init(&space, levels, IDENTITY_MAP_TABLES(levels, 4));
	for (size_t i = 0; i < 4; i++)
		if (!identity_map_add(&space.map, addresses[i]))
			wrong++;
	for (size_t i = 0; i < 4; i++) {
		uint64_t page = addresses[i] & ~(uint64_t)0x1fffff;

		wrong += walk(&space.map, addresses[i]) != addresses[i];
		wrong += walk(&space.map, page) != page;
		wrong += walk(&space.map, page + 0x1fffff) != page + 0x1fffff;
	}
	is_u64(wrong, 0, "%u levels: all of the 2 MiB pages that were added are where they are", levels);
	ok(walk(&space.map, 0x200000) == UINT64_MAX && walk(&space.map, highest - 0x200000) == UINT64_MAX,
	   "%u levels: the pages beside them are not mapped", levels);
	free(space.pool);
}

static void test_map_pool(unsigned int levels)
{
	/* No two in one 512 GiB: no table below the root but one of five levels is shared. */
	const uint64_t apart[] = { 0, (uint64_t)1 << 39, (uint64_t)3 << 45 };
	size_t shared = levels == 5 ? 2 : 0;
	struct map_space space;

	map_space_init(&space, levels, IDENTITY_MAP_TABLES(levels, 3) - shared);
	ok(identity_map_add(&space.map, apart[0]) && identity_map_add(&space.map, apart[1]) &&
		   identity_map_add(&space.map, apart[2]),
	   "%u levels: the pool's size is enough for pages far apart", levels);
	is_u64(count_used(&space), space.table_count, "%u levels: and all of it is used", levels);
	ok(identity_map_add(&space.map, apart[1] + 0x1000), "%u levels: a page twice takes no table", levels);
	ok(!identity_map_add(&space.map, (uint64_t)1 << 44), "%u levels: a used-up pool is an error", levels);
	free(space.pool);
}

#define APIC 0xfee00000

/* No other mapping changes while the APIC is mapped, and none at all after that. */
static void check_temporary(struct map_space *space, const char *what, unsigned int levels)
{
	uint64_t *spare = aligned_alloc(IDENTITY_MAP_TABLE_BYTES, IDENTITY_MAP_TABLE_BYTES);
	uint64_t before = walk(&space->map, APIC);
	uint64_t beside = walk(&space->map, APIC - 0x200000), below = walk(&space->map, 0x100000);
	struct identity_map_saved saved;

	memset(spare, 0xff, IDENTITY_MAP_TABLE_BYTES);
	ok(identity_map_set_temporary(&saved, (uintptr_t)space->map.root | 0x18, levels, APIC + 0x300, spare),
	   "%s: the APIC is shown", what);
	is_u64(walk(&space->map, APIC + 0x300), APIC + 0x300, "%s: where it is", what);
	ok((*saved.entry & 0x80 ? *saved.entry : spare[(APIC >> 21) & 511]) & 0x18, "%s: uncached", what);
	ok(walk(&space->map, APIC - 0x200000) == beside && walk(&space->map, 0x100000) == below,
	   "%s: all else is as before", what);
	identity_map_restore(&saved);
	is_u64(walk(&space->map, APIC), before, "%s: the APIC is as before", what);
	free(spare);
}

static void test_temporary(unsigned int levels)
{
	AUTO_FREE char *beside = xasprintf("%u levels, memory beside the APIC", levels);
	AUTO_FREE char *none = xasprintf("%u levels, nothing near the APIC", levels);
	struct identity_map_saved saved;
	uint64_t spare[1];
	struct map_space space;

	map_space_init(&space, levels, IDENTITY_MAP_TABLES(levels, 3));
	identity_map_add(&space.map, (uint64_t)1 << 45);
	ok(!identity_map_set_temporary(&saved, (uintptr_t)space.map.root, levels, APIC, spare),
	   "%u levels: two tables would be needed: not shown", levels);
	identity_map_add(&space.map, 0x100000);
	check_temporary(&space, none, levels);
	identity_map_add(&space.map, APIC - 0x200000);
	check_temporary(&space, beside, levels);
	free(space.pool);
}

/* Newer kernels map memory in pages of 1 GiB. */
static void test_temporary_in_huge_page(void)
{
	uint64_t *tables = aligned_alloc(IDENTITY_MAP_TABLE_BYTES, 3 * IDENTITY_MAP_TABLE_BYTES);
	uint64_t *table = tables + 512, *spare = tables + 1024;
	struct identity_map_saved saved;
	unsigned int wrong = 0;

	memset(tables, 0, 2 * IDENTITY_MAP_TABLE_BYTES);
	tables[0] = (uintptr_t)table | 0x3;
	table[3] = 0xc00000e3;
	ok(identity_map_set_temporary(&saved, (uintptr_t)tables, 4, APIC, spare), "a page of 1 GiB: the APIC is shown");
	for (uint64_t i = 0; i < 512; i++) {
		uint64_t address = 0xc0000000 + (i << 21);

		wrong += spare[i] != (address | (address == APIC ? 0xfb : 0xe3));
	}
	is_u64(wrong, 0, "a page of 1 GiB: uncached, and all else of it as before");
	ok(table[3] == ((uintptr_t)spare | 0x23), "a page of 1 GiB: by the table that is lent");
	identity_map_restore(&saved);
	is_u64(table[3], 0xc00000e3, "a page of 1 GiB: as before");
	free(tables);
}

/* ---- the flat binaries ------------------------------------------------------ */

/* Is there a jump, and does it go to code in the blob? */
static bool has_jump(const struct blob *blob, size_t offset, size_t *ret_target)
{
	if (blob->data[offset] == 0xe9) {
		int32_t distance;

		memcpy(&distance, blob->data + offset + 1, sizeof(distance));
		*ret_target = (size_t)((int64_t)offset + 5 + distance);
	} else if (blob->data[offset] == 0xeb) {
		*ret_target = (size_t)((int64_t)offset + 2 + (int8_t)blob->data[offset + 1]);
	} else {
		return false;
	}
	return *ret_target < blob->size_bytes;
}

static void check_param(const struct blob *blob, size_t offset, const char *magic, size_t size_bytes,
			const char *name)
{
	bool zero = true;

	if (!ok(blob->size_bytes >= offset + size_bytes, "%s: the parameters are in the file", name))
		return;
	is_text((const char *)blob->data + offset, magic, "%s: their magic is at their offset", name);
	for (size_t i = 8; i < size_bytes; i++)
		zero = zero && !blob->data[offset + i];
	ok(zero, "%s: and nothing is set before the loader does", name);
	ok(blob->memory_size_bytes >= blob->size_bytes && blob->memory_size_bytes % 4096 == 0,
	   "%s: the memory is whole pages and holds the file", name);
}

static void test_gate_blob(const struct blob *blob, const char *name)
{
	static const size_t entries[] = { GATE_ENTRY_LOCAL, GATE_ENTRY_PEER, GATE_ENTRY_CALL };
	size_t targets[3] = { 0, 0, 0 };

	check_param(blob, GATE_PARAM_OFFSET, GATE_MAGIC, sizeof(struct gate_param), name);
	is_u64(blob->memory_size_bytes, GATE_SIZE_BYTES, "%s: the memory is as large as its header says", name);
	for (size_t i = 0; i < 3; i++)
		ok(has_jump(blob, entries[i], &targets[i]) &&
			   targets[i] >= GATE_PARAM_OFFSET + sizeof(struct gate_param),
		   "%s: there is an entry at 0x%zx", name, entries[i]);
	ok(targets[0] != targets[1] && targets[1] != targets[2] && targets[0] != targets[2],
	   "%s: the three entries are different", name);
}

static void test_purgatory_blob(const struct blob *blob, const char *name)
{
	check_param(blob, PURGATORY_PARAM_OFFSET, PURGATORY_MAGIC, sizeof(struct purgatory_param), name);
	is_u64(blob->data[0], 0xfa, "%s: its first byte is an instruction, cli", name);
}

int main(void)
{
	test_insert();
	test_insert_room();
	test_insert_again();
	test_insert_before_arguments();
	test_map(4, 0x7fffffffffff);
	test_map(5, ((uint64_t)1 << 52) - 1);
	test_map_pool(4);
	test_map_pool(5);
	test_temporary(4);
	test_temporary(5);
	test_temporary_in_huge_page();
	test_gate_blob(&gate64_blob, "gate64");
	test_gate_blob(&gate32_blob, "gate32");
	test_purgatory_blob(&purgatory64_blob, "purgatory64");
	test_purgatory_blob(&purgatory32_blob, "purgatory32");
	return tap_done();
}
