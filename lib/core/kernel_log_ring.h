/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of Linux 5.10 and newer. */
#ifndef KJ_KERNEL_LOG_RING_H
#define KJ_KERNEL_LOG_RING_H

#include "lib/core/kernel_log_form.h"

/* As kernel_log_read. */
struct error *log_ring_read(const struct log_reading *log);

#endif
