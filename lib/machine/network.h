/* SPDX-License-Identifier: GPL-2.0-only */
/* Network interfaces, taken down before an ordinary jump, and up again if it is refused. */
#ifndef KJ_NETWORK_H
#define KJ_NETWORK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

/* The interfaces that were up before they were taken down. Zero-initialise; deinit takes zeroed ones. */
struct network_down {
	char (*names)[IF_NAMESIZE]; /* owned */
	size_t count;               /* 0: nothing was taken down */
};

/*
 * Takes every network interface but loopback down, so that no card writes to
 * memory that the next kernel uses. Never for a jump. Best effort.
 */
void network_take_down(struct network_down *down);

/*
 * After a refused jump: brings these interfaces up again, lower ones before
 * those stacked on them; false if one stays down. Routes and IPv6 addresses
 * that the kernel dropped with an interface are not restored.
 */
bool network_bring_up(const struct network_down *down);

void network_down_deinit(struct network_down *down);
#define AUTO_NETWORK_DOWN __attribute__((cleanup(network_down_deinit)))

#endif
