/* SPDX-License-Identifier: GPL-2.0-only */
/* The network interfaces of the described machine: a part of preload_machine.so. */
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/tools/preload_machine.h"

/* FOLDER/sys/class/net/NAME/FILE */
static FILE *open_of_interface(const char *name, const char *file, const char *mode)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/sys/class/net/%s/%s", getenv("PRELOAD_MACHINE_ROOT"), name, file);
	return fopen(path, mode);
}

static int has_file(const char *name, const char *file)
{
	FILE *found = open_of_interface(name, file, "re");

	if (found)
		fclose(found);
	return !!found;
}

/* -1: there is no such interface. */
static int own_flags(const char *name)
{
	FILE *file = open_of_interface(name, "flags", "re");
	unsigned int flags = 0;
	int found = file && fscanf(file, "%x", &flags) == 1;

	if (file)
		fclose(file);
	return found ? (int)flags : -1;
}

/* Whether the one below is down. */
static int lacks_lower(const char *name)
{
	FILE *file = open_of_interface(name, "lower", "re");
	char lower[IF_NAMESIZE] = "";
	int named = file && fscanf(file, "%15s", lower) == 1;

	if (file)
		fclose(file);
	return named && !(own_flags(lower) & IFF_UP);
}

static int flags_of(const char *name, short *ret_flags)
{
	int flags = own_flags(name);

	errno = ENODEV;
	if (flags < 0)
		return -1;
	*ret_flags = (short)(lacks_lower(name) ? flags & ~IFF_UP : flags);
	return 0;
}

static int set_flags(const char *name, short flags)
{
	FILE *file;

	errno = has_file(name, "stuck") ? EPERM : ENETDOWN;
	if (errno == EPERM || ((flags & IFF_UP) && lacks_lower(name)))
		return -1;
	file = open_of_interface(name, "flags", "we");
	if (!file)
		return -1;
	fprintf(file, "0x%x\n", (unsigned int)(unsigned short)flags);
	return fclose(file);
}

struct if_nameindex *if_nameindex(void)
{
	struct dirent **entries = NULL;
	int count = getenv("PRELOAD_MACHINE_ROOT") ? scandir("/sys/class/net", &entries, NULL, alphasort) : -1;
	struct if_nameindex *names = calloc((size_t)(count < 0 ? 0 : count) + 1, sizeof(*names));
	size_t named = 0;

	if (!getenv("PRELOAD_MACHINE_ROOT")) {
		free(names);
		return NEXT(if_nameindex)();
	}
	for (int i = 0; names && i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			names[named].if_index = (unsigned int)i + 1;
			names[named++].if_name = strdup(entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
	return names;
}

void if_freenameindex(struct if_nameindex *names)
{
	if (!getenv("PRELOAD_MACHINE_ROOT")) {
		NEXT(if_freenameindex)(names);
		return;
	}
	for (struct if_nameindex *at = names; at->if_index; at++)
		free(at->if_name);
	free(names);
}

int socket(int domain, int type, int protocol)
{
	if ((domain != AF_INET && domain != AF_INET6) || !getenv("PRELOAD_MACHINE_NO_INET"))
		return NEXT(socket)(domain, type, protocol);
	errno = EAFNOSUPPORT;
	return -1;
}

/* Before Linux 4.10 a netlink socket handed no ioctl down to the interfaces (net/netlink/af_netlink.c, netlink_ioctl). */
static int takes_no_ioctl(int fd)
{
	int domain = 0;
	socklen_t size = sizeof(domain);

	return getenv("PRELOAD_MACHINE_OLD_NETLINK") && !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) &&
	       domain == AF_NETLINK;
}

/* Flags are never set but in the described machine. */
int ioctl(int fd, unsigned long request, ...)
{
	const char *root = getenv("PRELOAD_MACHINE_ROOT");
	va_list args;

	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);

	struct ifreq *interface = argument;

	errno = EOPNOTSUPP;
	if ((request == SIOCGIFFLAGS || request == SIOCSIFFLAGS) && takes_no_ioctl(fd))
		return -1;
	if (request == SIOCGIFFLAGS && root)
		return flags_of(interface->ifr_name, &interface->ifr_flags);
	if (request != SIOCSIFFLAGS)
		return NEXT(ioctl)(fd, request, argument);
	if (root && set_flags(interface->ifr_name, interface->ifr_flags))
		return -1;
	note("interface %s %s\n", interface->ifr_name, interface->ifr_flags & IFF_UP ? "up" : "down");
	return 0;
}
