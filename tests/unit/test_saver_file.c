/* SPDX-License-Identifier: GPL-2.0-only */
/* A saver that sleeps is of one kernel, command line and firmware: if one of them is another, so is its origin. */
#include "hibernate/saver_file.h"

#include <string.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* The machine, and the saver's files, which are not below the machine's root. */
struct scene {
	char *root, *folder;
	struct khibernate_config config;
};

static void write_config_file(struct scene *scene, const char *key, const char *text)
{
	AUTO_FREE char *path = write_file(scene->folder, key, (struct bytes){ (const uint8_t *)text, strlen(text) });

	no_error(khibernate_config_set(&scene->config, key, path));
}

static void begin(struct scene *scene)
{
	*scene = (struct scene){ .root = make_folder(), .folder = make_folder() };
	khibernate_config_init(&scene->config);
	write_config_file(scene, "kernel", "a kernel");
	write_config_file(scene, "initrd", "an initramfs");
	put_file_below(scene->root, "/proc/cmdline", "quiet\n");
	put_file_below(scene->root, "/sys/class/dmi/id/bios_version", "1.16\n");
	put_file_below(scene->root, "/sys/firmware/acpi/tables/FACS", "FACS@...hard....rest");
}

static uint64_t origin(const struct scene *scene)
{
	uint64_t origin = 0;
	struct error *error = saver_file_origin(scene->root, &scene->config, &origin);

	return no_error(error) ? origin : 0;
}

static void changes(const struct scene *scene, const char *path, const char *to, const char *name)
{
	uint64_t before = origin(scene);

	put_file_below(scene->root, path, to);
	ok(before != origin(scene), "%s", name);
}

int main(void)
{
	struct scene scene;

	begin(&scene);

	uint64_t first = origin(&scene);

	ok(first != 0, "there is a number");
	put_file_below(scene.root, "/sys/firmware/acpi/tables/FACS", "FACS@...hard====REST");
	is_u64(origin(&scene), first, "other fields of the firmware's table change nothing");
	changes(&scene, "/proc/cmdline", "debug\n", "another command line");
	changes(&scene, "/sys/class/dmi/id/bios_version", "1.17\n", "another version of the firmware");
	changes(&scene, "/sys/firmware/acpi/tables/FACS", "FACS@...HARD....rest", "hardware of another signature");
	first = origin(&scene);
	write_config_file(&scene, "initrd", "another initramfs");
	ok(origin(&scene) != first, "another initramfs");
	khibernate_config_deinit(&scene.config);
	remove_tree(scene.root);
	remove_tree(scene.folder);
	return tap_done();
}
