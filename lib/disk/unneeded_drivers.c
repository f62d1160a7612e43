/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/unneeded_drivers.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/disk/block_devices.h"
#include "lib/disk/storage_name.h"
#include "lib/disk/device_stack.h"
#include "lib/disk/watchdog_devices.h"

/* Texts that each is heap memory. */
struct paths {
	char **items;
	size_t count, capacity;
};

static void paths_add(struct paths *paths, char *path)
{
	paths->items = xgrow(paths->items, &paths->capacity, paths->count + 1, sizeof(*paths->items));
	paths->items[paths->count++] = path;
}

static void paths_deinit(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->items[i]);
	free(paths->items);
}

struct driver_module {
	char *name;
	char *initcall; /* of one that is built in; NULL: not known, or it is a file */
	bool is_needed, is_built_in;
};

struct device {
	char *path;
	size_t module;
};

struct survey {
	const char *root;
	struct paths disks; /* folders of the needed ones in sysfs, and of watchdogs */
	struct driver_module *modules;
	size_t module_count, module_capacity;
	struct device *devices;
	size_t device_count, device_capacity;
	bool has_screen, failed;
};

static void survey_deinit(struct survey *survey)
{
	paths_deinit(&survey->disks);
	for (size_t i = 0; i < survey->module_count; i++) {
		free(survey->modules[i].name);
		free(survey->modules[i].initcall);
	}
	for (size_t i = 0; i < survey->device_count; i++)
		free(survey->devices[i].path);
	free(survey->modules);
	free(survey->devices);
}
#define AUTO_SURVEY __attribute__((cleanup(survey_deinit)))

static char *real_path(const char *root, const char *below)
{
	AUTO_FREE char *path = path_below(root, below);

	return realpath(path, NULL);
}

static bool lies_in(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return !strncmp(path, folder, length) && path[length] == '/';
}

/* ---- needed disks ------------------------------------------------------------ */

/* Devices without hardware: the parts of a stack are needed devices themselves, as it holds them. */
static bool has_no_hardware(const char *root, dev_t device, const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return device_is_stacked(root, device) || !strncmp(name, "loop", 4) || !strncmp(name, "zram", 4) ||
	       !strncmp(name, "ram", 3);
}

static void add_disk(struct survey *survey, dev_t device)
{
	AUTO_FREE char *below = xasprintf("/sys/dev/block/%u:%u", major(device), minor(device));
	char *path = real_path(survey->root, below);

	if (path && has_no_hardware(survey->root, device, path)) {
		free(path);
		return;
	}
	survey->failed |= !path || !strstr(path, "/devices/pci");
	if (path)
		paths_add(&survey->disks, path);
}

struct search {
	struct device_set *needed, used;
};

static void add_if_used(void *context, int fd, const char *path)
{
	struct search *search = context;
	struct stat status;

	if (fstat(fd, &status) || !device_is_used(&search->used, fd, path))
		return;
	search->needed->items = xgrow(search->needed->items, &search->needed->capacity, search->needed->count + 1,
				      sizeof(*search->needed->items));
	search->needed->items[search->needed->count++] = status.st_rdev;
}

struct error *needed_devices_find(struct device_set *set, const char *place)
{
	struct search search = { .needed = set };
	struct error *error;
	char *member;

	for (size_t i = 0; place && (member = storage_name_member(place, i)); i++) {
		set->items = xgrow(set->items, &set->capacity, set->count + 1, sizeof(*set->items));
		set->items[set->count++] = block_device_of(member);
		free(member);
	}
	device_set_find(&search.used, "/");
	error = block_devices_each(0, add_if_used, &search);
	device_set_deinit(&search.used);
	return error;
}

/* ---- devices and their modules ------------------------------------------------ */

/* "0x030000": base class, subclass, interface. A virtio device has the class of the PCI device that carries it. */
static unsigned int base_class(const char *path)
{
	AUTO_FREE char *own = first_line_or_null(path, "/class");
	AUTO_FREE char *carrier = own ? NULL : first_line_or_null(path, "/../class");
	const char *text = own ? own : carrier;

	return text ? (unsigned int)strtoul(text, NULL, 16) >> 16 : 0;
}

/* PCI Code and ID Assignment Specification, 1. A device without a class may be anything. */
static bool is_kept_by_class(const struct survey *survey, const char *path)
{
	switch (base_class(path)) {
	case 0x01: /* storage */
	case 0x02: /* network */
	case 0x04: /* multimedia */
	case 0x09: /* input */
	case 0x0c: /* USB and other buses */
	case 0x0d: /* wireless */
	case 0x10: /* encryption */
	case 0xff:
		return false;
	case 0x03:
		return survey->has_screen;
	default:
		return true;
	}
}

static bool is_needed(const struct survey *survey, const char *path)
{
	for (size_t i = 0; i < survey->disks.count; i++)
		if (lies_in(survey->disks.items[i], path))
			return true;
	return is_kept_by_class(survey, path);
}

/* Only a module that is a file has a state. */
static size_t module_of(struct survey *survey, const char *name)
{
	for (size_t i = 0; i < survey->module_count; i++)
		if (!strcmp(survey->modules[i].name, name))
			return i;

	AUTO_FREE char *state_below = xasprintf("/sys/module/%s/initstate", name);
	AUTO_FREE char *state = path_below(survey->root, state_below);

	survey->modules = xgrow(survey->modules, &survey->module_capacity, survey->module_count + 1,
				sizeof(*survey->modules));
	survey->modules[survey->module_count] =
		(struct driver_module){ .name = xstrdup(name), .is_built_in = access(state, F_OK) != 0 };
	return survey->module_count++;
}

/*
 * Of a driver that is built in, most kernels have no link to its module; then that is called as the driver is, but for
 * one. Heap; NULL: the device has no driver, and so is not touched.
 */
static char *module_name(const char *path)
{
	AUTO_FREE char *module = real_path(path, "/driver/module");
	AUTO_FREE char *driver = real_path(path, "/driver");

	if (!driver)
		return NULL;

	char *name = xstrdup(strrchr(module ? module : driver, '/') + 1);

	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	if (strcmp(name, "xhci_hcd") != 0)
		return name;
	free(name);
	return xstrdup("xhci_pci");
}

static void add_device(struct survey *survey, char *path)
{
	AUTO_FREE char *name = module_name(path);

	if (!name) {
		free(path);
		return;
	}

	size_t index = module_of(survey, name);

	survey->modules[index].is_needed |= is_needed(survey, path);
	survey->devices = xgrow(survey->devices, &survey->device_capacity, survey->device_count + 1,
				sizeof(*survey->devices));
	survey->devices[survey->device_count++] = (struct device){ path, index };
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void for_each_in(struct survey *survey, const char *folder, void (*take)(struct survey *, char *path))
{
	AUTO_FREE char *path = path_below(survey->root, folder);
	struct dirent **entries;
	int count = scandir(path, &entries, is_name, alphasort);

	for (int i = 0; i < count; i++) {
		char *real = real_path(path, entries[i]->d_name);

		if (real)
			take(survey, real);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* ---- initcalls ---------------------------------------------------------------- */

/* "__initcall__kmod_ata_piix__310_1785_piix_init6": module, counter, line, function, level (module_init has 6). */
static void take_symbol(struct survey *survey, const char *symbol)
{
	static const char prefix[] = "__initcall__kmod_";
	const char *name = symbol + strlen(prefix);

	if (strncmp(symbol, prefix, strlen(prefix)) != 0)
		return;
	for (size_t i = 0; i < survey->module_count; i++) {
		struct driver_module *module = &survey->modules[i];
		size_t length = strlen(module->name);
		int start = 0;

		if (strncmp(name, module->name, length) != 0 ||
		    sscanf(name + length, "__%*[0-9]_%*[0-9]_%n", &start) == EOF || !start)
			continue;

		const char *function = name + length + start;
		size_t function_length = strlen(function);

		if (function_length < 2 || function[function_length - 1] != '6')
			continue;
		free(module->initcall);
		module->initcall = xstrndup(function, function_length - 1);
	}
}

static void find_initcalls(struct survey *survey)
{
	AUTO_FREE char *path = path_below(survey->root, "/proc/kallsyms");
	AUTO_FREE char *line = NULL;
	FILE *file = fopen(path, "re");
	size_t capacity = 0;
	ssize_t length;

	if (!file)
		return;
	while ((length = getline(&line, &capacity, file)) > 0) {
		char *symbol = strstr(line, " __initcall__kmod_");

		line[length - (line[length - 1] == '\n')] = '\0';
		if (symbol)
			take_symbol(survey, symbol + 1);
	}
	fclose(file);
}

/* ---- the result ---------------------------------------------------------------- */

static bool is_left_out(const struct driver_module *module)
{
	return !module->is_needed && (!module->is_built_in || module->initcall);
}

static void add_word(char **list, const char *word)
{
	char *longer = xasprintf("%s%s%s", *list, **list ? "," : "", word);

	free(*list);
	*list = longer;
}

static unsigned int count_hidden(const struct survey *survey, const char *disk)
{
	for (size_t i = 0; i < survey->device_count; i++)
		if (is_left_out(&survey->modules[survey->devices[i].module]) && lies_in(disk, survey->devices[i].path))
			return 1;
	return 0;
}

static void add_any_disk(struct survey *survey, char *path)
{
	if (block_device_is_disk(survey->root, strrchr(path, '/') + 1))
		paths_add(&survey->disks, path);
	else
		free(path);
}

static void add_watchdog(void *context, const char *path)
{
	struct survey *survey = context;

	paths_add(&survey->disks, xstrdup(path));
}

void unneeded_drivers_deinit(struct unneeded_drivers *drivers)
{
	free(drivers->modules);
	free(drivers->initcalls);
}

void unneeded_drivers_find(struct unneeded_drivers *ret_drivers, const char *root, const struct device_set *needed)
{
	AUTO_SURVEY struct survey survey = { .root = root };
	AUTO_FREE char *consoles = first_line_or_null(root, "/sys/class/tty/console/active");

	*ret_drivers = (struct unneeded_drivers){ .modules = xstrdup(""), .initcalls = xstrdup("") };
	survey.has_screen = !consoles || strstr(consoles, "tty0");
	for (size_t i = 0; i < needed->count; i++)
		add_disk(&survey, needed->items[i]);
	if (survey.failed)
		return;
	watchdog_devices_each(root, add_watchdog, &survey);
	for_each_in(&survey, "/sys/bus/pci/devices", add_device);
	for_each_in(&survey, "/sys/bus/virtio/devices", add_device);
	find_initcalls(&survey);
	for (size_t i = 0; i < survey.module_count; i++) {
		const struct driver_module *module = &survey.modules[i];

		if (is_left_out(module))
			add_word(module->is_built_in ? &ret_drivers->initcalls : &ret_drivers->modules,
				 module->is_built_in ? module->initcall : module->name);
	}
	/* From here on: all disks. */
	for_each_in(&survey, "/sys/block", add_any_disk);
	for (size_t i = 0; i < survey.disks.count; i++)
		ret_drivers->hidden_disks += count_hidden(&survey, survey.disks.items[i]);
}
