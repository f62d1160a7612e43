/* SPDX-License-Identifier: GPL-2.0-only */
/* On which machines a locked page may move at any time. */
#include "kexec/place/page_moves.h"

#include "tests/tap.h"
#include "tests/unit/fixtures.h"

#define MEMORY "/sys/devices/system/memory/block_size_bytes"

/* One file more, on a machine with or without blocks of memory that can be taken out. */
static void machine(const char *path, const char *text, bool has_blocks, bool wanted, const char *name)
{
	char *root = make_folder();

	put_file_below(root, "/proc/meminfo", "MemTotal:  1000 kB\nCmaTotal:  0 kB\n");
	if (has_blocks)
		put_file_below(root, MEMORY, "8000000\n");
	if (path)
		put_file_below(root, path, text);
	ok(page_moves_possible(root) == wanted, "%s", name);
	remove_tree(root);
}

int main(void)
{
	machine(NULL, NULL, false, false, "a plain machine leaves pages where they are");
	machine(NULL, NULL, true, false, "so does one whose kernel could take memory out, and that nothing asks for it");
	machine("/proc/meminfo", "MemTotal:  1000 kB\nCmaTotal:  16384 kB\nCmaFree:  0 kB\n", false, true, "a CMA area");
	machine("/sys/bus/acpi/devices/PNP0C80:00/path", "", true, true, "memory that the firmware takes out");
	machine("/sys/bus/acpi/devices/PNP0C80:00/path", "", false, false, "and a kernel that cannot");
	machine("/sys/bus/virtio/drivers/virtio_mem/virtio3/uevent", "", true, true, "memory by virtio");
	machine("/sys/bus/virtio/drivers/virtio_mem/module/uevent", "", true, false, "its driver without a device");
	machine("/sys/bus/vmbus/drivers/hv_balloon/1eccfd72-4b41/uevent", "", true, true, "Hyper-V's");
	machine("/sys/devices/system/xen_memory/xen_memory0/uevent", "", true, true, "Xen's");
	return tap_done();
}
