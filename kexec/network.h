/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KJ_NETWORK_H
#define KJ_NETWORK_H

/*
 * Takes every network interface but loopback down, so that no card writes to
 * memory that the next kernel uses. Never for a jump. Best effort.
 */
void network_take_down(void);

#endif
