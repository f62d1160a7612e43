/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the running kernel is a guest of Xen, and of which kind. */
#ifndef KJ_XEN_H
#define KJ_XEN_H

#include <stdbool.h>

/*
 * True in a PV domain of Xen, dom0 included: its kernel runs without control of its page tables, so kexec_load(2)
 * makes it oops (arch/x86/kernel/machine_kexec_64.c, machine_kexec_prepare, which fills in page tables). HVM and PVH
 * guests are machines like any other. Linux reports the kind from 4.13 on (drivers/xen/sys-hypervisor.c, guest_type);
 * before, by the features that Xen gives the domain, or, as dom0 was always PV then, by /proc/xen.
 */
bool xen_is_pv(const char *root);

#endif
