/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate cancel: gives a snapshot up that was not resumed. */
#include <stdio.h>

#include "hibernate/khibernate.h"
#include "hibernate/snapshot_file.h"
#include "hibernate/swap_place.h"
#include "lib/base/alloc.h"

struct error *khibernate_cancel(struct invocation *invocation)
{
	struct khimage_superblock superblock = { 0 };
	AUTO_FREE char *device = NULL;
	bool was_swap = false;
	struct error *error = invocation_device(invocation, &device);

	if (!error)
		error = snapshot_file_check_if_mounted(invocation->config.file, device);
	if (!error)
		error = read_uncached(device, &superblock, NULL);
	/* A swap area that an interrupted hibernation has left without a snapshot. */
	if (!error && superblock.state != KHIMAGE_COMMITTED)
		error = swap_place_recover(device, invocation->config.file, true, &was_swap);
	if (!error && was_swap)
		return NULL;
	if (!error)
		error = read_superblock(device, &superblock, NULL);
	if (!error && superblock.state != KHIMAGE_COMMITTED)
		return error_new("%s holds no snapshot that would be resumed (its state is \"%s\")", device,
				 khimage_state_name(superblock.state));
	if (!error)
		error = invocation_give_up(invocation, device);
	if (!error)
		printf("the snapshot on %s is given up\n", device);
	if (!error)
		error = snapshot_file_return_space(&invocation->config, device);
	return error ? error : swap_place_recover(device, invocation->config.file, true, NULL);
}
