/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory is left to the kernel: by its size, its processors, and what each of them may keep to itself. */
#include "kexec/place/page_spare.h"

#include "tests/tap.h"

#define MIB (UINT64_C(1) << 20)

/* As the kernel writes it, and shortened. */
static const char zoneinfo[] =
	"Node 0, zone      DMA\n"
	"  pages free     3840\n"
	"        min      66\n"
	"        high     98\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count: 0\n"
	"              high:  0\n"
	"              batch: 1\n"
	"  vm stats threshold: 2\n"
	"    cpu: 1\n"
	"              count: 0\n"
	"              high:  3\n"
	"              batch: 1\n"
	"  vm stats threshold: 2\n"
	"  start_pfn:           1\n"
	"Node 0, zone    DMA32\n"
	"        high     11000\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count: 200\n"
	"              high:  4000\n"
	"              batch: 63\n"
	"              high_min: 4000\n"
	"              high_max: 9000\n"
	"  vm stats threshold: 32\n";

int main(void)
{
	is_u64(page_spare_zone_pages(zoneinfo), 2 + 3 + 2 + 4 * 63 + 32, "four batches or the list's limit, and the threshold");
	is_u64(page_spare_zone_pages(""), 0, "a kernel that shows nothing");
	is_u64(page_spare_zone_pages("batch:\nhigh:"), 0, "texts without numbers");
	ok(page_spare_sum(60 * MIB, 1, 300) < 9 * MIB, "a small machine keeps little");
	ok(page_spare_sum(4096 * MIB, 4, 2 * 4 * 300) < 48 * MIB, "an ordinary one keeps more");
	ok(page_spare_sum(65536 * MIB, 64, 64 * 3 * 377) > 350 * MIB, "one of many processors keeps some MiB for each");
	return tap_done();
}
