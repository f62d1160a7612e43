/* SPDX-License-Identifier: GPL-2.0-only */
#include "network.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void take_down(int fd, const char *name)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &request) || !(request.ifr_flags & IFF_UP) || (request.ifr_flags & IFF_LOOPBACK))
		return;
	request.ifr_flags = (short)(request.ifr_flags & ~IFF_UP);
	ioctl(fd, SIOCSIFFLAGS, &request);
}

void network_take_down(void)
{
	struct if_nameindex *names = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (size_t i = 0; names && fd >= 0 && names[i].if_index; i++)
		take_down(fd, names[i].if_name);
	if (fd >= 0)
		close(fd);
	if (names)
		if_freenameindex(names);
}
