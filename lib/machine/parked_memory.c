/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/parked_memory.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/core/core_file.h"
#include "lib/core/linear_memory.h"
#include "lib/machine/kernel_symbols.h"

/* include/uapi/linux/magic.h: the lowest word of each task's stack */
#define STACK_END_MAGIC 0x57ac6e9d

/* THREAD_SIZE of asm/page_{32,64}_types.h, without KASAN: a waiting CPU uses the uppermost page of it, if any */
#define STACK_BYTES_64 0x4000
#define STACK_BYTES_32 0x2000

/* Far beyond `stack` in struct task_struct, which follows thread_info and the task's state. */
#define TASK_WORDS 64

enum symbol { TEXT_START, TEXT_END, PER_CPU_START, PER_CPU_END, PER_CPU_OFFSETS, IDLE_TASKS, SYMBOL_COUNT };

struct search {
	const struct arch *arch;
	struct linear_memory memory;
	struct kernel_symbol symbols[SYMBOL_COUNT];
	struct span_set *found;
};

static bool is_known(const struct search *search, enum symbol symbol)
{
	return search->symbols[symbol].linear != UINT64_MAX;
}

/* A linear address: on i386 they wrap at 4 GiB. */
static uint64_t linear_sum(const struct search *search, uint64_t a, uint64_t b)
{
	return search->arch->is_64 ? a + b : (uint32_t)(a + b);
}

static struct error *read_word(const struct search *search, uint64_t linear, uint64_t *ret_word)
{
	*ret_word = 0;
	return linear_memory_read(&search->memory, linear, ret_word, search->arch->is_64 ? 8 : 4);
}

/* The page tables that lead to [linear, linear + size), and with `content` its pages. */
static struct error *add_range(struct search *search, uint64_t linear, uint64_t size, bool content)
{
	uint64_t phys, bytes;

	for (uint64_t done = 0; done < size; done += bytes) {
		uint64_t at = linear_sum(search, linear, done);
		struct error *error = page_tables_trace(&search->memory.tables, at, &phys, &bytes, search->found);

		if (error)
			return error;
		if (bytes > size - done)
			bytes = size - done;
		if (content)
			span_set_add(search->found, span_pages_outward(span_of(phys, bytes)));
	}
	return NULL;
}

/* Searches the task's struct for the one address whose word is the magic of a stack's end. */
static struct error *add_stack(struct search *search, uint64_t task)
{
	uint64_t word_bytes = search->arch->is_64 ? 8 : 4, address, end;
	struct error *unmapped = add_range(search, task, word_bytes, false);

	if (unmapped)
		return unmapped;
	for (uint64_t i = 0; i < TASK_WORDS; i++) {
		struct error *error = read_word(search, linear_sum(search, task, i * word_bytes), &address);

		if (error)
			return error;
		if (!address || address % PAGE_SIZE_BYTES)
			continue;
		error = read_word(search, address, &end);
		if (!error && end == STACK_END_MAGIC)
			return add_range(search, address, search->arch->is_64 ? STACK_BYTES_64 : STACK_BYTES_32, true);
		error_free(error);
	}
	return error_new("no stack is found in the task at 0x%" PRIx64, task);
}

/* The CPU's idle task is waiting on its own stack. */
static struct error *add_idle_stack(struct search *search, uint64_t per_cpu_offset)
{
	uint64_t task;
	struct error *error =
		read_word(search, linear_sum(search, search->symbols[IDLE_TASKS].linear, per_cpu_offset), &task);

	/* CPUs that were never started have none. */
	return error || !task ? error : add_stack(search, task);
}

static struct error *add_cpu(struct search *search, uint64_t per_cpu_offset)
{
	uint64_t start = search->symbols[PER_CPU_START].linear, end = search->symbols[PER_CPU_END].linear;
	struct error *error = add_range(search, linear_sum(search, start, per_cpu_offset), end - start, true);

	if (!error && is_known(search, IDLE_TASKS))
		error = add_idle_stack(search, per_cpu_offset);
	return error;
}

/* Adds all CPUs that can be found; returns the first error. */
static struct error *add_cpus(struct search *search, unsigned int count)
{
	uint64_t word_bytes = search->arch->is_64 ? 8 : 4, offset;
	struct error *first = NULL;

	for (unsigned int cpu = 0; cpu < count; cpu++) {
		uint64_t at = linear_sum(search, search->symbols[PER_CPU_OFFSETS].linear, cpu * word_bytes);
		struct error *error = read_word(search, at, &offset);

		if (!error)
			error = add_cpu(search, offset);
		if (first)
			error_free(error);
		else
			first = error_prefix(error, "CPU %u", cpu);
	}
	return first;
}

static bool knows_areas(const struct search *search)
{
	return is_known(search, PER_CPU_START) && is_known(search, PER_CPU_END) && is_known(search, PER_CPU_OFFSETS);
}

static struct error *add_all(struct search *search, unsigned int cpu_count)
{
	uint64_t start = search->symbols[TEXT_START].linear, end = search->symbols[TEXT_END].linear;

	/* kernel.kptr_restrict shows zeros. */
	if (!is_known(search, TEXT_START) || !is_known(search, TEXT_END) || start >= end)
		return error_new("/proc/kallsyms shows no addresses (kernel.kptr_restrict, CONFIG_KALLSYMS)");

	struct error *error = error_prefix(add_range(search, start, end - start, false), "the kernel's code");

	if (!error && knows_areas(search))
		error = add_cpus(search, cpu_count);
	if (!error && (!knows_areas(search) || !is_known(search, IDLE_TASKS)))
		error = error_new("/proc/kallsyms does not list the kernel's data (CONFIG_KALLSYMS_ALL)");
	return error;
}

struct error *parked_memory_find(const char *root, const struct arch *arch, unsigned int cpu_count,
				 struct span_set *ret_set)
{
	AUTO_CORE_FILE struct core_file core = { 0 };
	AUTO_SPAN_SET struct span_set found = { 0 };
	struct search search = {
		.arch = arch,
		.symbols = { [TEXT_START] = { "_stext", 0 },
			     [TEXT_END] = { "_etext", 0 },
			     [PER_CPU_START] = { "__per_cpu_start", 0 },
			     [PER_CPU_END] = { "__per_cpu_end", 0 },
			     [PER_CPU_OFFSETS] = { "__per_cpu_offset", 0 },
			     [IDLE_TASKS] = { "idle_threads", 0 } },
		.found = &found,
	};
	struct error *error = core_file_init(&core, root, "/proc/kcore");

	if (!error)
		error = linear_memory_init(&search.memory, &core, arch);
	if (!error)
		error = kernel_symbols_read(root, search.symbols, SYMBOL_COUNT);
	if (!error)
		error = add_all(&search, cpu_count);
	span_set_add_set(ret_set, &found);
	return error;
}

struct error *parked_memory_read(struct machine *machine)
{
	if (machine->cpus.count < 2 || !machine->cpus.has_mwait)
		return NULL;
	span_set_add_set(&machine->parked, &machine->iomem.kernel_image);

	struct error *error =
		parked_memory_find(machine->root, machine->arch, machine->cpus.count, &machine->parked);

	span_set_pages_outward(&machine->parked);
	return error;
}
