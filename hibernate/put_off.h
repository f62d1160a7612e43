/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals that end a process are put off while the snapshot's place is neither what it was before nor what it is to be:
 * a terminal that is closed must not leave a swap area off.
 */
#ifndef KJ_PUT_OFF_H
#define KJ_PUT_OFF_H

#include <signal.h>

#include "lib/base/error.h"

struct put_off {
	sigset_t before;
};

/* SIGINT, SIGTERM and SIGHUP wait from here to the end. */
void put_off_begin(struct put_off *put_off);
void put_off_end(struct put_off *put_off);

/* Error: one of them waits. It is taken: this process ends by the error. */
struct error *put_off_check(void);

/* In a new process, which is another program: none of them is put off. */
void put_off_none(void);

#endif
