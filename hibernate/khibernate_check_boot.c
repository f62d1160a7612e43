/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate check-boot: what hibernate checks of the next boot, by itself, for scripts and for users. */
#include <stdio.h>

#include "hibernate/khibernate.h"
#include "hibernate/next_boot.h"
#include "lib/base/alloc.h"

struct error *khibernate_check_boot(struct invocation *invocation)
{
	AUTO_FREE char *initramfs = NULL;
	struct error *error = next_boot_check_usual(invocation, &initramfs);

	if (error)
		return error;
	if (initramfs)
		printf("the next boot resumes: %s has khibernate and this configuration\n", initramfs);
	else
		printf("whether the next boot resumes is not known: no kernel with an initramfs is in /boot\n");
	return NULL;
}
