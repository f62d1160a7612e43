/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/place/page_switches.h"

#include <stddef.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"

/*
 * All are set to 0: what moves pages, the numbers of huge pages that are kept for programs (hugepages=), and the limit of
 * what may be reserved (2 there also counts what is mapped with MAP_NORESERVE).
 */
static const char *const paths[PAGE_SWITCH_COUNT] = {
	"/proc/sys/vm/compact_unevictable_allowed",
	"/proc/sys/kernel/numa_balancing",
	"/proc/sys/vm/overcommit_memory",
	"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-4096kB/nr_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages",
};

void page_switches_read(struct page_switches *switches)
{
	*switches = (struct page_switches){ 0 };
	for (size_t i = 0; i < PAGE_SWITCH_COUNT; i++)
		error_free(read_small_file("/", paths[i], &switches->before[i], NULL));
}

/* Best effort: a kernel without the switch does not do what it is for. */
void page_switches_turn_off(const struct page_switches *switches)
{
	for (size_t i = 0; i < PAGE_SWITCH_COUNT; i++)
		if (switches->before[i])
			write_value(paths[i], "0\n");
}

void page_switches_restore(const struct page_switches *switches)
{
	for (size_t i = 0; i < PAGE_SWITCH_COUNT; i++)
		if (switches->before[i])
			write_value(paths[i], switches->before[i]);
}

void page_switches_deinit(struct page_switches *switches)
{
	for (size_t i = 0; i < PAGE_SWITCH_COUNT; i++)
		free(switches->before[i]);
	*switches = (struct page_switches){ 0 };
}
