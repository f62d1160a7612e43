/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel reports about the machine, from a folder of files: the input is
 * the files' contents, in the order below, with a NUL after each.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/span.h"
#include "lib/machine/acpi_rsdp.h"
#include "lib/machine/crash_notes.h"
#include "lib/machine/machine.h"
#include "lib/machine/screen.h"
#include "tests/fuzz/fuzz.h"

static const char *const files[] = {
	"proc/sys/kernel/arch",
	"proc/cmdline",
	"proc/meminfo",
	"proc/iomem",
	"sys/firmware/memmap/0/start",
	"sys/firmware/memmap/0/end",
	"sys/firmware/memmap/0/type",
	"sys/firmware/memmap/1/start",
	"sys/firmware/memmap/1/end",
	"sys/firmware/memmap/1/type",
	"sys/firmware/efi/systab",
	"sys/firmware/efi/fw_vendor",
	"sys/firmware/efi/config_table",
	"sys/firmware/efi/runtime-map/0/type",
	"sys/firmware/efi/runtime-map/0/phys_addr",
	"sys/firmware/efi/runtime-map/0/virt_addr",
	"sys/firmware/efi/runtime-map/0/num_pages",
	"sys/firmware/efi/runtime-map/0/attribute",
	"sys/kernel/boot_params/data",
	"sys/devices/system/cpu/cpu0/crash_notes",
	"sys/devices/system/cpu/cpu0/crash_notes_size",
	"sys/kernel/vmcoreinfo",
	"dev/mem",
};

static char *root;
static int descriptors[ARRAY_COUNT(files)];

static void remove_root(void)
{
	AUTO_FREE char *command = xasprintf("rm -rf '%s'", root);

	if (system(command))
		fprintf(stderr, "cannot remove %s\n", root);
	free(root);
}

static void make_file(size_t i)
{
	AUTO_FREE char *path = xasprintf("%s/%s", root, files[i]);

	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	descriptors[i] = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	REQUIRE(descriptors[i] >= 0);
}

static void make_root(void)
{
	const char *folder = getenv("TMPDIR");

	root = xasprintf("%s/kj-fuzz-machine.XXXXXX", folder ? folder : "/tmp");
	REQUIRE(mkdtemp(root));
	atexit(remove_root);
	for (size_t i = 0; i < ARRAY_COUNT(files); i++)
		make_file(i);
}

static void try_crash_notes(void)
{
	AUTO_CRASH_NOTES struct crash_notes notes = { 0 };
	struct error *error = crash_notes_read(root, &notes);

	REQUIRE(error ? !notes.count : notes.count == 2);
	for (size_t i = 0; i < notes.count; i++)
		REQUIRE(notes.places[i].start < notes.places[i].end && notes.places[i].end <= SPAN_ADDRESS_END);
	error_free(error);
}

static void try_machine(const struct machine *machine)
{
	uint8_t rsdp[ACPI_RSDP_BYTES], screen_info[64] = { 0 };
	enum screen screen = screen_choose(machine, false, false);
	size_t size = acpi_rsdp_read(root, 1, rsdp);

	REQUIRE(machine->arch && machine->ram.count && machine->firmware_map.count && machine->total_ram_bytes);
	REQUIRE(!size || ((size == 20 || size == ACPI_RSDP_BYTES) && !memcmp(rsdp, "RSD PTR ", 8)));
	free(screen_text(machine, screen));
	screen_fill(screen_info, screen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_MACHINE struct machine machine = { 0 };
	const uint8_t *end = data + size;

	if (!root)
		make_root();
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		const uint8_t *stop = data < end ? memchr(data, 0, (size_t)(end - data)) : NULL;
		size_t length = (size_t)((stop ? stop : end) - data);

		REQUIRE(!ftruncate(descriptors[i], 0) && pwrite(descriptors[i], data, length, 0) == (ssize_t)length);
		data = stop ? stop + 1 : end;
	}

	struct error *error = machine_init(&machine, root);
	if (!error)
		try_machine(&machine);
	error_free(error);
	try_crash_notes();
	return 0;
}
