/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In a kernel that slept while the machine was off or another kernel ran: makes
 * it see the disks as they are now. Other disks may be there, and what is on them
 * has changed.
 */
#ifndef KJ_DISKS_RENEW_H
#define KJ_DISKS_RENEW_H

/*
 * Below the folder `root`: removes PCI devices that do not answer any more, looks for new ones and for new SCSI disks,
 * and reads the disks' sizes again. For each block device: drops its cached blocks, and reads its partition table
 * again. Best effort: a disk in use keeps its partitions, and a kernel may lack any of these.
 */
void disks_renew(const char *root);

#endif
