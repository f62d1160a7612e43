/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/vm-blobs/machine.h"

#include "include/gate_param.h"
#include "include/purgatory_param.h"
#include "purgatory/layout.h"

enum {
	ROUNDS = 3,
	PURGATORY_ADDRESS = 0xe00000,
};

struct program_seen program_seen;

/* Where a pair of kernels and their gate are. */
struct place {
	const char *story;
	uint64_t local_control, peer_control, gate;
};

static const struct place places[] = {
#if IS_64
	{ "gate across 2 MiB, kernels above 4 GiB", 0x150000000, 0x190003000, 0x5ff000 },
	{ "gate across 5 GiB, kernels above 4 GiB", 0x150000000, 0x190003000, 0x13ffff000 },
	{ "gate and kernels in low memory", 0x700000, 0xc01000, 0x500000 },
#else
	{ "gate and kernels", 0x700000, 0x801000, 0x5fa000 },
	{ "gate and kernels elsewhere", 0x801000, 0xa00000, 0x600000 },
#endif
};

static struct {
	struct kernel local, peer;
	uint8_t *gate;
	unsigned int visits;        /* of the peer */
	uintptr_t peer_found[ROUNDS]; /* what it found at 0(%rsp) */
} here;

static struct gate_param *param(void)
{
	return (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);
}

static uintptr_t gate_entry(unsigned int offset)
{
	return (uintptr_t)here.gate + offset;
}

static void set_up(const struct place *place)
{
	const struct blob *blob = IS_64 ? &gate64_blob : &gate32_blob;
	const uint64_t segments[] = { place->gate, place->gate + GATE_SIZE_BYTES - 1 };

	begin_story(place->story);
	kernel_init(&here.local, 0, place->local_control, segments, 2);
	kernel_init(&here.peer, 1, place->peer_control, segments, 2);
	here.gate = place_blob(blob, place->gate);
	here.visits = 0;
	program_seen = (struct program_seen){ 0 };
	param()->local_gdt = here.local.gdt_linear;
	param()->peer_gdt = here.peer.gdt_linear;
}

/* The peer kernel: counts its visits, goes back through the gate each time. */
static void peer_main(uintptr_t back_entry)
{
	for (;;) {
		check_came_back(&here.peer, "the peer resumes as a kernel requires: GDT, segments, flags");
		here.peer_found[here.visits++ % ROUNDS] = back_entry;
		back_entry = kernel_jump(&here.peer, back_entry);
	}
}

static void check_local_came_back(uintptr_t found, unsigned int entry)
{
	check_came_back(&here.local, "the local kernel resumes as a kernel requires: GDT, segments, flags");
	check_equal(found, gate_entry(entry), "it finds the same entry of the gate for its next jump");
}

static void test_round_trips(const struct place *place)
{
	uint64_t entry;

	set_up(place);
	entry = gate_entry(GATE_ENTRY_LOCAL);
	kernel_start_at(&here.peer, peer_main);
	param()->peer_entry = here.peer.came_back_at;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		entry = kernel_jump(&here.local, entry);
		check_equal(here.visits, round + 1, "the peer was entered");
		check_equal(here.peer_found[round], gate_entry(GATE_ENTRY_PEER), "and found its way back");
		check_local_came_back((uintptr_t)entry, GATE_ENTRY_LOCAL);
		check_equal(param()->local_return, here.local.came_back_at, "the gate kept where the local kernel resumes");
		check_equal(param()->peer_entry, here.peer.came_back_at, "and where the peer resumes");
		if (IS_64)
			check_equal(here.local.control->found_cr3, (uintptr_t)here.gate + GATE_POOL_OFFSET,
				    "the way back is through the gate's own page tables");
	}
}

/* A snapshot restored from disk: the peer runs, and the local kernel will never be there again. */
static void peer_alone(uintptr_t back_entry)
{
	uint64_t kept = param()->peer_entry;
	uintptr_t found;

	param()->flags = GATE_LOCAL_ENDED;
	param()->peer_entry = 0;
	found = kernel_jump(&here.peer, back_entry);
	check_came_back(&here.peer, "local gone: the peer that jumps is back at once, with its GDT");
	check_equal(found, gate_entry(GATE_ENTRY_PEER), "local gone: it finds the same entry again");
	check_equal(param()->peer_entry, 0, "local gone: the gate kept nothing");
	if (IS_64)
		check_equal(here.peer.control->found_cr3, here.peer.identity_cr3, "local gone: page tables stay");
	here.visits++;
	param()->flags = 0;
	param()->peer_entry = kept;
	kernel_jump(&here.peer, back_entry);
}

static void test_local_gone(const struct place *place)
{
	set_up(place);
	kernel_start_at(&here.peer, peer_alone);
	param()->peer_entry = here.peer.came_back_at;
	check_local_came_back(kernel_jump(&here.local, gate_entry(GATE_ENTRY_LOCAL)), GATE_ENTRY_LOCAL);
	check_equal(here.visits, 1, "local gone: the local kernel was not entered meanwhile");
}

/* The call `number` (from 0) of the plain program has been made, and was made as it should be. */
static void check_call(unsigned int number)
{
	bool second = number % 2;
	uintptr_t entry = (uintptr_t)(second ? program_second : program_first);
	uintptr_t other = (uintptr_t)(second ? program_first : program_second);

	check_equal(program_seen.calls_first, number / 2 + 1, "call: the first entry's calls");
	check_equal(program_seen.calls_second, (number + 1) / 2, "call: the second entry's calls");
	check_equal(program_seen.slot, entry, "call: the slot holds the entry that is called");
	check_equal((program_seen.stack + sizeof(uintptr_t)) % 16, 0, "call: the stack is aligned as at any call");
	check_equal(param()->peer_entry, other, "call: the gate keeps the next entry the program asked for");
	if (IS_64)
		check_equal(here.local.control->found_cr3, here.local.identity_cr3,
			    "call: the kernel's page tables are loaded again");
}

static void test_calls(const struct place *place)
{
	uintptr_t entry;

	set_up(place);
	entry = gate_entry(GATE_ENTRY_CALL);
	param()->peer_entry = (uintptr_t)program_first;
	for (unsigned int number = 0; number < ROUNDS; number++) {
		/* The peer's tables map this program and the gate, so they will do for the way back. */
		program_seen.new_cr3 = number ? here.peer.identity_cr3 : 0;
		entry = kernel_jump(&here.local, entry);
		check_local_came_back(entry, GATE_ENTRY_CALL);
		check_call(number);
	}
}

/* As a program is really loaded: purgatory checks it, and enters the gate with the kernel's stack. */
static void test_call_through_purgatory(const struct place *place)
{
	const struct blob *blob = IS_64 ? &purgatory64_blob : &purgatory32_blob;
	uint8_t *purgatory;
	struct purgatory_param *purgatory_param;
	uintptr_t entry;

	set_up(place);
	purgatory = place_blob(blob, PURGATORY_ADDRESS);
	purgatory_param = (struct purgatory_param *)(purgatory + PURGATORY_PARAM_OFFSET);
	purgatory_param->flags = PURGATORY_JUMP | PURGATORY_KEEP_STACK;
	purgatory_param->target_mode = IS_64 ? PURGATORY_TARGET_64 : PURGATORY_TARGET_32;
	purgatory_param->entry = gate_entry(GATE_ENTRY_CALL);
	param()->peer_entry = (uintptr_t)program_first;
	program_seen.new_cr3 = 0;

	entry = kernel_jump(&here.local, (uintptr_t)purgatory);
	check_local_came_back(entry, GATE_ENTRY_CALL);
	check_call(0);
	entry = kernel_jump(&here.local, entry);
	check_local_came_back(entry, GATE_ENTRY_CALL);
	check_call(1);
}

void test_gate(void)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		test_round_trips(&places[i]);
		test_local_gone(&places[i]);
		test_calls(&places[i]);
		test_call_through_purgatory(&places[i]);
	}
}
