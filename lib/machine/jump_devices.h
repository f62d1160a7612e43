/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices that the kernel's part of a jump treats wrongly, and what a program can do for them before and after it.
 *
 * A balloon by virtio: its driver relies on frozen work queues while it takes its queues apart (virtballoon_freeze,
 * drivers/virtio/virtio_balloon.c). The kernel's own hibernation freezes them; a jump freezes processes only
 * (kernel_kexec, kernel/kexec_core.c). If the host changes the size of the balloon at that time, memory that was freed
 * is written to. Without its driver there is no such work, and the balloon is empty, as it is after a freeze, too.
 *
 * SCSI adapters by VMware and LSI (53c8xx): their drivers have no functions for a suspend (drivers/scsi/vmw_pvscsi.c,
 * drivers/scsi/sym53c8xx_2/sym_glue.c). What was sent to an adapter that another kernel or the firmware has reset is
 * lost. After half a minute SCSI aborts it: then it resets VMware's, and LSI's driver panics (sym_dequeue_from_squeue,
 * sym_hipd.c). A program can ask for the reset at once.
 *
 * The clock's alarm (wakealarm): one that fell due while another kernel had the clock is lost, as that kernel's driver
 * has cleared the sign of it (cmos_do_probe, drivers/rtc/rtc-cmos.c), and programs wait for it for ever. It is set
 * again, to the next second.
 */
#ifndef KJ_JUMP_DEVICES_H
#define KJ_JUMP_DEVICES_H

#include <stdbool.h>

#include "lib/base/folder.h"

/* Devices without their driver meanwhile. Zero-initialise. */
struct jump_devices {
	struct folder_names balloons; /* in sysfs */
};

/* Whether a balloon by virtio has its driver. */
bool jump_devices_have_balloon(const char *root);

/*
 * Before a jump from the system below `root`. Best effort: a driver that cannot be unbound stays, and
 * to bind it again changes nothing.
 */
void jump_devices_put_aside(struct jump_devices *devices, const char *root);

/* After it, also if it was refused. */
void jump_devices_take_back(const struct jump_devices *devices, const char *root);

void jump_devices_deinit(struct jump_devices *devices);
#define AUTO_JUMP_DEVICES __attribute__((cleanup(jump_devices_deinit)))

#endif
