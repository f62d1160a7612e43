/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel tells about the machine, from a folder of files: the input is
 * the files' contents, in the order below, with a NUL after each.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "machine.h"
#include "memory.h"

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
		REQUIRE(machine.arch && machine.ram.count && machine.firmware_map.count && machine.total_ram_bytes);
	error_free(error);
	return 0;
}
