/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The placing program: puts memory in place and enters the peer; or refuses, and is back in the kernel that jumped,
 * which finds its memory as it was; or, after an ordinary kexec, leaves a message that a reset does not remove.
 */
#include "tests/vm-blobs/machine.h"

#include "include/gate_param.h"
#include "include/place_param.h"
#include "purgatory/layout.h"
#include "purgatory/xxh64.h"

enum {
	LISTS_ADDRESS = 0xd00000,
	PROGRAM_ADDRESS = 0xe00000,
	GATE_ADDRESS = 0xc00000,
	TABLES_ADDRESS = 0xb00000,
	TABLES_BYTES = 0x14000,
	TABLE_BYTES = 4096,

	COPIES = 2,
	FILLS = 2,
	PIECE_BYTES = 3 * 4096,
	FILL_BYTE = 0xaa,
	UNTOUCHED = 0xa5,

	CPUID_PAGES_OF_1_GIB = 1 << 26,
};
#define TOKEN UINT64_C(0x123456789abcdef0)

#if IS_64
#define LOCAL_CONTROL 0x150000000
#define PEER_CONTROL 0x190003000
#define FROM 0x158001000
#define TO 0x191ffe000 /* across 2 MiB */
#define MEMORY_END 0x1c0000000
#else
#define LOCAL_CONTROL 0x700000
#define PEER_CONTROL 0x801000
#define FROM 0x1001000
#define TO 0x25fe000
#define MEMORY_END 0x3f00000
#endif

/* A message in the machine's memory after a reset; the program that the loader writes ends far below. */
#define MESSAGE_ADDRESS 0x2000000

struct lists {
	struct place_span spans[2];
	struct place_copy copies[COPIES];
	struct place_fill fills[FILLS];
};

static struct {
	struct kernel local, peer;
	uint8_t *gate;
	unsigned int visits; /* of the peer */
} here;

static struct place_param *param(void)
{
	return (struct place_param *)(uintptr_t)(PROGRAM_ADDRESS + PLACE_PARAM_OFFSET);
}

static struct gate_param *gate_param(void)
{
	return (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);
}

static uint8_t *at(uint64_t address)
{
	return (uint8_t *)(uintptr_t)address;
}

static uint8_t content(unsigned int copy, unsigned int index)
{
	return (uint8_t)(index * 7 + index / 256 + copy);
}

static struct lists *lists(void)
{
	return (struct lists *)(uintptr_t)LISTS_ADDRESS;
}

/* The second span is above 4 GiB on a machine of 64 bits, and begins inside a page of 1 GiB. */
static void make_lists(void)
{
	struct lists *made = lists();

	made->spans[0] = (struct place_span){ 0, IS_64 ? 0xc0000000 : MEMORY_END };
	made->spans[1] = (struct place_span){ IS_64 ? 0x100000000 : 0, IS_64 ? MEMORY_END - 0x100000000 : 0 };
	for (unsigned int i = 0; i < COPIES; i++)
		made->copies[i] = (struct place_copy){ TO + i * 0x100000, FROM + i * 0x10000, PIECE_BYTES };
	for (unsigned int i = 0; i < FILLS; i++)
		made->fills[i] = (struct place_fill){ TO + 0x400000 + i * 0x10000, PIECE_BYTES, i ? FILL_BYTE : 0 };
}

/* What is to be copied, and other content where it belongs; the digest of the former. */
static uint64_t make_content(void)
{
	struct xxh64 all;

	xxh64_init(&all);
	for (unsigned int copy = 0; copy < COPIES; copy++) {
		for (unsigned int i = 0; i < PIECE_BYTES; i++) {
			at(lists()->copies[copy].from)[i] = content(copy, i);
			at(lists()->copies[copy].to)[i] = UNTOUCHED;
			at(lists()->fills[copy].to)[i] = UNTOUCHED;
		}
		xxh64_update(&all, at(lists()->copies[copy].from), PIECE_BYTES);
	}
	return xxh64_value(&all);
}

static void load_program(uint64_t flags)
{
	place_blob(IS_64 ? &place64_blob : &place32_blob, PROGRAM_ADDRESS);
	for (unsigned int i = 0; i < TABLES_BYTES; i++)
		at(TABLES_ADDRESS)[i] = UNTOUCHED;
	make_lists();
	*param() = (struct place_param){
		.magic = PLACE_MAGIC,
		.gate_entry = (uintptr_t)here.gate + GATE_ENTRY_LOCAL,
		.local_gdt = here.local.gdt_linear,
		.flags = flags,
		.tables = TABLES_ADDRESS,
		.tables_size_bytes = TABLES_BYTES,
		.spans = (uintptr_t)lists()->spans,
		.span_count = IS_64 ? 2 : 1,
		.copies = (uintptr_t)lists()->copies,
		.copy_count = COPIES,
		.fills = (uintptr_t)lists()->fills,
		.fill_count = FILLS,
		.digest = make_content(),
		.token = TOKEN,
	};
}

static void set_up(const char *story, uint64_t flags)
{
	const uint64_t segments[] = { FROM, TO };

	begin_story(story);
	kernel_init(&here.local, 0, LOCAL_CONTROL, segments, 2);
	kernel_init(&here.peer, 1, PEER_CONTROL, segments, 2);
	here.gate = place_blob(IS_64 ? &gate64_blob : &gate32_blob, GATE_ADDRESS);
	here.visits = 0;
	gate_param()->peer_gdt = here.peer.gdt_linear;
	gate_param()->local_gdt = here.local.gdt_linear;
	load_program(flags);
}

/* The saved kernel. It is entered for good; here it goes back, so that the next test can run. */
static void peer_main(uintptr_t back_entry)
{
	for (;;) {
		check_came_back(&here.peer, "the peer goes on as a kernel wants: GDT, segments, flags");
		here.visits++;
		gate_param()->local_return = here.local.came_back_at;
		back_entry = kernel_jump(&here.peer, back_entry);
	}
}

static bool contains(uint64_t address, uint8_t byte)
{
	for (unsigned int i = 0; i < PIECE_BYTES; i++)
		if (at(address)[i] != byte)
			return false;
	return true;
}

static bool is_copied(unsigned int copy)
{
	for (unsigned int i = 0; i < PIECE_BYTES; i++)
		if (at(lists()->copies[copy].to)[i] != content(copy, i))
			return false;
	return true;
}

static void check_placed(void)
{
	check_equal(here.visits, 1, "the peer was entered");
	check(is_copied(0) && is_copied(1), "all is copied to its place");
	check(contains(lists()->fills[0].to, 0) && contains(lists()->fills[1].to, FILL_BYTE), "and filled");
}

static void check_untouched(void)
{
	bool untouched = true;

	for (unsigned int i = 0; i < COPIES; i++)
		untouched &= contains(lists()->copies[i].to, UNTOUCHED) && contains(lists()->fills[i].to, UNTOUCHED);
	check(untouched, "nothing was copied or filled");
	check(contains(MESSAGE_ADDRESS, UNTOUCHED), "there is no message in memory");
}

static void test_placing(const char *story, uint64_t flags)
{
	set_up(story, flags);
	kernel_start_at(&here.peer, peer_main);
	gate_param()->peer_entry = here.peer.came_back_at;
	kernel_jump(&here.local, PROGRAM_ADDRESS);
	check_placed();
}

static void check_returned(uintptr_t found)
{
	check_came_back(&here.local, "the local kernel goes on as a kernel wants: GDT, segments, flags");
	check_equal(found, PROGRAM_ADDRESS, "it can jump once more");
	if (IS_64)
		check_equal(here.local.control->found_cr3, here.local.identity_cr3, "it has its page tables");
	check_equal(here.visits, 0, "the peer was not entered");
	check_untouched();
}

static void test_refusal(void)
{
	uint8_t *changed;
	uintptr_t again;

	set_up("a byte changed", PLACE_JUMP);
	kernel_start_at(&here.peer, peer_main);
	gate_param()->peer_entry = here.peer.came_back_at;
	changed = at(lists()->copies[1].from + PIECE_BYTES - 1);
	for (unsigned int i = 0; i < PIECE_BYTES; i++)
		at(MESSAGE_ADDRESS)[i] = UNTOUCHED;
	*changed ^= 1;
	again = kernel_jump(&here.local, PROGRAM_ADDRESS);
	check_returned(again);
	begin_story("the byte is right again");
	*changed ^= 1;
	kernel_jump(&here.local, again);
	check_placed();
}

#if IS_64
static bool has_gib_pages(void)
{
	uint32_t eax = 0x80000001, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return edx & CPUID_PAGES_OF_1_GIB;
}

static void test_tables(void)
{
	set_up("too little room for page tables", PLACE_JUMP);
	param()->tables_size_bytes = 4 * TABLE_BYTES;
	for (unsigned int i = 0; i < PIECE_BYTES; i++)
		at(MESSAGE_ADDRESS)[i] = UNTOUCHED;
	check_returned(kernel_jump(&here.local, PROGRAM_ADDRESS));
	if (!has_gib_pages())
		return;
	test_placing("pages of 1 GiB", PLACE_GIB_PAGES);
	check(contains(TABLES_ADDRESS + page_table_levels() * TABLE_BYTES, UNTOUCHED),
	      "they take no table of their own");
}
#else
static void test_tables(void)
{
}
#endif

void test_place(void)
{
	test_placing("placing", PLACE_JUMP);
	test_placing("placing after an ordinary kexec", 0);
	test_refusal();
	test_tables();
}

static bool is_message(uint64_t address)
{
	const struct place_refused *found = (const struct place_refused *)at(address);
	const char *magic = PLACE_REFUSED_MAGIC;

	for (size_t i = 0; i < sizeof(found->magic); i++)
		if (found->magic[i] != magic[i])
			return false;
	return found->token == TOKEN && found->token_inverted == ~TOKEN;
}

/* The machine starts twice. The second time, the message is there. */
void test_place_resets(void)
{
	if (!is_message(MESSAGE_ADDRESS)) {
		set_up("refusal", 0);
		/* Each message takes the host 2 MiB of memory. */
		lists()->spans[0].size_bytes = 0x3f00000;
		lists()->spans[1] = (struct place_span){ FROM - 4096, 0x1000000 };
		*at(lists()->copies[0].from) ^= 1;
		kernel_jump(&here.local, PROGRAM_ADDRESS);
		check(false, "an ordinary kexec has nowhere to go back to");
		finish();
	}
	begin_story("after the reset");
	check(true, "the message is in memory");
	check(is_message(FROM - 4096), "elsewhere, too");
	check(*at(lists()->copies[0].to) == UNTOUCHED, "nothing was copied");
	finish();
}
