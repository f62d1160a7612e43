/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/disk/watchdog_devices.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"

struct search {
	void (*take)(void *context, const char *path);
	void *context;
};

static bool is_bmc(const char *name)
{
	return !strncmp(name, "ipmi_bmc.", strlen("ipmi_bmc."));
}

static bool is_interface(const char *name)
{
	return !strncmp(name, "ipmi", 4) && isdigit((unsigned char)name[4]);
}

/* Takes what the names in a folder lead to, and `below` behind each. */
static void take_links(const struct search *search, const char *folder, bool (*is_wanted)(const char *name),
		       const char *below)
{
	AUTO_FOLDER_NAMES struct folder_names names = { 0 };

	folder_names_add(&names, folder, "/", is_wanted);
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *link = path_below(folder, names.names[i]);
		AUTO_FREE char *real = realpath(link, NULL);
		AUTO_FREE char *path = real ? xasprintf("%s%s", real, below) : NULL;

		if (path)
			search->take(search->context, path);
	}
}

/*
 * ipmi_watchdog is in no class. It reaches the BMC by any interface; drivers/char/ipmi/ipmi_msghandler.c,
 * __ipmi_bmc_register: "ipmi0" in the BMC's folder leads to its device, in which "bmc" leads back.
 */
static void take_interfaces(const struct search *search, const char *root)
{
	static const char platform[] = "/sys/bus/platform/devices";
	AUTO_FOLDER_NAMES struct folder_names names = { 0 };

	folder_names_add(&names, root, platform, is_bmc);
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *below = xasprintf("%s/%s", platform, names.names[i]);
		AUTO_FREE char *folder = path_below(root, below);

		take_links(search, folder, is_interface, "/bmc");
	}
}

void watchdog_devices_each(const char *root, void (*take)(void *context, const char *path), void *context)
{
	const struct search search = { take, context };
	AUTO_FREE char *class = path_below(root, "/sys/class/watchdog");
	AUTO_FREE char *ipmi = path_below(root, "/sys/module/ipmi_watchdog");

	take_links(&search, class, is_visible_name, "");
	if (!access(ipmi, F_OK))
		take_interfaces(&search, root);
}

static char *line_of(const char *root, const char *watchdog, const char *file)
{
	AUTO_FREE char *path = xasprintf("/sys/class/watchdog/%s/%s", watchdog, file);

	return first_line_or_null(root, path);
}

char *watchdog_devices_running(const char *root)
{
	AUTO_FOLDER_NAMES struct folder_names names = { 0 };

	folder_names_add(&names, root, "/sys/class/watchdog", is_visible_name);
	for (size_t i = 0; i < names.count; i++) {
		AUTO_FREE char *state = line_of(root, names.names[i], "state");

		if (state && !strcmp(state, "active"))
			return line_of(root, names.names[i], "identity") ?: xstrdup(names.names[i]);
	}
	return NULL;
}
