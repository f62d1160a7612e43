/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/network.h"

#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/alloc.h"

/*
 * Interfaces take their ioctls from a socket of any family (net/socket.c, sock_do_ioctl), but from one of netlink since
 * Linux 4.10 only. That one is there wherever there are interfaces; AF_INET is an option of the kernel.
 */
static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 ? fd : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

static bool get_flags(int fd, const char *name, struct ifreq *ret_request)
{
	*ret_request = (struct ifreq){ 0 };
	snprintf(ret_request->ifr_name, sizeof(ret_request->ifr_name), "%s", name);
	return !ioctl(fd, SIOCGIFFLAGS, ret_request);
}

static bool is_up(int fd, const char *name)
{
	struct ifreq request;

	return get_flags(fd, name, &request) && (request.ifr_flags & IFF_UP) && !(request.ifr_flags & IFF_LOOPBACK);
}

/* Whether something was changed. */
static bool change(int fd, const char *name, bool up)
{
	struct ifreq request;

	if (!get_flags(fd, name, &request) || !(request.ifr_flags & IFF_UP) != up)
		return false;
	request.ifr_flags = (short)(request.ifr_flags ^ IFF_UP);
	return !ioctl(fd, SIOCSIFFLAGS, &request);
}

/* Records all before the first goes down: an interface stacked on it goes down with it. */
static void note_up(int fd, struct network_down *down)
{
	struct if_nameindex *names = if_nameindex();
	size_t count = 0;

	while (names && names[count].if_index)
		count++;
	down->names = xcalloc(count + 1, sizeof(*down->names));
	for (size_t i = 0; i < count; i++)
		if (is_up(fd, names[i].if_name))
			snprintf(down->names[down->count++], sizeof(*down->names), "%s", names[i].if_name);
	if (names)
		if_freenameindex(names);
}

void network_take_down(struct network_down *down)
{
	int fd = open_socket();
	bool changed = false;

	if (fd < 0)
		return;
	note_up(fd, down);
	for (size_t i = 0; i < down->count; i++)
		changed |= change(fd, down->names[i], false);
	if (!changed)
		down->count = 0;
	close(fd);
}

bool network_bring_up(const struct network_down *down)
{
	int fd = open_socket();
	size_t left = down->count;
	bool changed = fd >= 0;

	/* A stacked interface cannot come up before its lower one. */
	while (left && changed) {
		changed = false;
		left = 0;
		for (size_t i = 0; i < down->count; i++) {
			changed |= change(fd, down->names[i], true);
			left += !is_up(fd, down->names[i]);
		}
	}
	if (fd >= 0)
		close(fd);
	return !left;
}

void network_down_deinit(struct network_down *down)
{
	free(down->names);
}
