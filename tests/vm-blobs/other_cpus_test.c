/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's other CPU has been left running in memory that then changes. Neither purgatory nor any entry of
 * the gate, which also runs between two kernels, may let it continue.
 */
#include "tests/vm-blobs/machine.h"

#include "include/gate_param.h"
#include "include/purgatory_param.h"

enum {
	LOCAL_CONTROL = 0x700000,
	PEER_CONTROL = 0x801000,
	GATE_ADDRESS = 0x5fa000,
	PURGATORY_ADDRESS = 0xe00000,

	APIC_ADDRESS = 0xfee00000,
	APIC_ICR_LOW = 0x300,
	MSR_APIC_BASE = 0x1b,
	MSR_X2APIC_ICR = 0x830,
	APIC_BASE_X2APIC = 1 << 10,
	CPUID_1_ECX_X2APIC = 1 << 21,
	ICR_INIT = 0xc4500, /* both to all but this CPU */
	ICR_START = 0xc4600,

	A_MOMENT = 100000, /* turns of `pause` */
};

extern const uint8_t other_cpu_counts[], other_cpu_counts_end[];
extern const uint8_t other_cpu_strays[], other_cpu_strays_end[];
extern const uint8_t other_cpu_enters[], other_cpu_enters_end[];

static volatile uint32_t *const count = (volatile uint32_t *)(OTHER_CPU_PAGE + OTHER_CPU_COUNT);
static volatile uint32_t *const strayed = (volatile uint32_t *)(OTHER_CPU_PAGE + OTHER_CPU_STRAYED);

static struct {
	struct kernel local, peer;
	uint8_t *gate;
	bool x2apic;
	unsigned int entered; /* peer or program */
	volatile bool done;   /* by the other CPU */
} here;

static void wait_a_moment(void)
{
	for (unsigned int turn = 0; turn < A_MOMENT; turn++)
		asm volatile("pause");
}

static void send(uint32_t command)
{
	if (here.x2apic)
		asm volatile("wrmsr" : : "c"(MSR_X2APIC_ICR), "a"(command), "d"(0));
	else
		*(volatile uint32_t *)((uintptr_t)APIC_ADDRESS + APIC_ICR_LOW) = command;
	wait_a_moment();
}

static void copy_code(const uint8_t *begin, const uint8_t *end)
{
	volatile uint8_t *page = (volatile uint8_t *)OTHER_CPU_PAGE;

	for (size_t i = 0; i < (size_t)(end - begin); i++)
		page[i] = begin[i];
}

static void start_code(const uint8_t *begin, const uint8_t *end)
{
	send(ICR_INIT);
	copy_code(begin, end);
	*count = 0;
	*strayed = 0;
	send(ICR_START | OTHER_CPU_PAGE >> 12);
}

/* As the kernel that runs now starts its CPUs, and leaves them behind when it jumps. */
static void start_other_cpu(void)
{
	start_code(other_cpu_counts, other_cpu_counts_end);
	for (unsigned int turn = 0; turn < 1000 && !*count; turn++)
		wait_a_moment();
	check(*count > 0, "the other CPU runs");
}

/* This memory is another kernel's now. */
static void check_stopped(const char *name)
{
	copy_code(other_cpu_strays, other_cpu_strays_end);
	wait_a_moment();
	check(!*strayed, name);
}

static void set_up(void)
{
	const struct blob *blob = IS_64 ? &gate64_blob : &gate32_blob;
	const uint64_t segments[] = { GATE_ADDRESS };
	struct gate_param *param;

	kernel_init(&here.local, 0, LOCAL_CONTROL, segments, 1);
	kernel_init(&here.peer, 1, PEER_CONTROL, segments, 1);
	here.gate = place_blob(blob, GATE_ADDRESS);
	here.entered = 0;
	param = (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);
	param->local_gdt = here.local.gdt_linear;
	param->peer_gdt = here.peer.gdt_linear;
	param->flags = GATE_OTHER_CPUS;
	param->peer_entry = here.peer.came_back_at;
}

static void peer_main(uintptr_t back_entry)
{
	for (;;) {
		here.entered++;
		check_stopped("local to peer: the other CPU does not run in the peer's memory");
		start_other_cpu();
		back_entry = kernel_jump(&here.peer, back_entry);
	}
}

static void test_round_trips(void)
{
	uintptr_t entry;

	set_up();
	entry = (uintptr_t)here.gate + GATE_ENTRY_LOCAL;
	kernel_start_at(&here.peer, peer_main);
	for (unsigned int round = 1; round <= 2; round++) {
		start_other_cpu();
		entry = kernel_jump(&here.local, entry);
		check_stopped("peer to local: the other CPU does not run in the local kernel's memory");
		check_equal(here.entered, round, "the peer was entered");
		check_came_back(&here.local, "the local kernel resumes as a kernel requires");
	}
}

static void peer_alone(uintptr_t back_entry)
{
	struct gate_param *param = (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);

	param->flags = GATE_LOCAL_ENDED;
	start_other_cpu();
	back_entry = kernel_jump(&here.peer, back_entry);
	check_stopped("local gone: the other CPU does not run when the peer is back");
	param->flags = 0;
	kernel_jump(&here.peer, back_entry);
}

static void test_local_gone(void)
{
	set_up();
	kernel_start_at(&here.peer, peer_alone);
	kernel_jump(&here.local, (uintptr_t)here.gate + GATE_ENTRY_LOCAL);
}

static void program(void)
{
	here.entered++;
	check_stopped("call: the other CPU does not run in the program's memory");
}

static void test_call(void)
{
	struct gate_param *param;

	set_up();
	param = (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);
	param->peer_entry = (uintptr_t)program;
	start_other_cpu();
	kernel_jump(&here.local, (uintptr_t)here.gate + GATE_ENTRY_CALL);
	check_equal(here.entered, 1, "call: the program was entered");
	check_came_back(&here.local, "call: the kernel resumes as it requires");
}

/* To a target that comes back; or, where purgatory refuses, not to it. */
static uint64_t jump_through_purgatory(void)
{
	const struct blob *blob = IS_64 ? &purgatory64_blob : &purgatory32_blob;
	uint8_t *purgatory = place_blob(blob, PURGATORY_ADDRESS);
	struct purgatory_param *param = (struct purgatory_param *)(purgatory + PURGATORY_PARAM_OFFSET);

	param->flags = PURGATORY_JUMP | PURGATORY_OTHER_CPUS;
	param->local_gdt = here.local.gdt_linear;
	param->target_mode = IS_64 ? PURGATORY_TARGET_64 : PURGATORY_TARGET_32;
#if IS_64
	param->entry = (uintptr_t)target_64;
#else
	param->entry = (uintptr_t)target_32;
#endif
	target_seen.visits = 0;
	target_cr3 = here.local.identity_cr3;
	target_return_to = here.local.came_back_at;
	target_return_gdtr = here.local.control->own_gdtr;
	kernel_jump(&here.local, (uintptr_t)purgatory);
	return target_seen.visits;
}

static void test_purgatory_in_jump(void)
{
	set_up();
	start_other_cpu();
	check_equal(jump_through_purgatory(), 1, "purgatory: the target was entered");
	check_stopped("purgatory: the other CPU does not run in the target's memory");
}

/* On a CPU that is not the bootstrap processor, which waits and must not be sent INIT. */
void other_cpu_main(void)
{
	struct gate_param *param = (struct gate_param *)(here.gate + GATE_PARAM_OFFSET);
	uintptr_t entry = (uintptr_t)here.gate + GATE_ENTRY_LOCAL;

	check_equal(kernel_jump(&here.local, entry), entry, "not the first CPU: the gate goes straight back");
	check_came_back(&here.local, "not the first CPU: the kernel resumes as it requires");
	check_equal(here.entered, 0, "not the first CPU: the peer was not entered");
	check_equal(jump_through_purgatory(), 0, "not the first CPU: purgatory goes straight back");
	param->peer_entry = (uintptr_t)program;
	entry = (uintptr_t)here.gate + GATE_ENTRY_CALL;
	check_equal(kernel_jump(&here.local, entry), entry, "not the first CPU: no program is called");
	check_equal(here.entered, 0, "not the first CPU: no program was entered");
	param->flags = 0;
	kernel_jump(&here.local, entry);
	check_equal(here.entered, 1, "not the first CPU and no other: the program is called");
	here.done = true;
	for (;;)
		asm volatile("cli; hlt");
}

static void test_on_other_cpu(void)
{
	set_up();
	here.done = false;
	start_code(other_cpu_enters, other_cpu_enters_end);
	for (unsigned int turn = 0; turn < 1000 && !here.done; turn++)
		wait_a_moment();
	check(here.done, "not the first CPU: it has come to the end");
}

static bool enter_x2apic(void)
{
	uint32_t eax = 1, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if (!(ecx & CPUID_1_ECX_X2APIC))
		return false;
	asm volatile("rdmsr" : "=a"(eax), "=d"(edx) : "c"(MSR_APIC_BASE));
	asm volatile("wrmsr" : : "c"(MSR_APIC_BASE), "a"(eax | APIC_BASE_X2APIC), "d"(edx));
	return true;
}

static void test_all(void)
{
	test_round_trips();
	test_local_gone();
	test_call();
	test_purgatory_in_jump();
}

void test_other_cpus(void)
{
	begin_story("other CPUs");
	test_all();
	test_on_other_cpu();
	here.x2apic = enter_x2apic();
	if (has_option("x2apic"))
		check(here.x2apic, "the processor has x2APIC");
	if (here.x2apic) {
		begin_story("other CPUs, x2APIC");
		test_all();
	}
}
