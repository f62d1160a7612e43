/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals that end a process are put off while the snapshot's place is neither what it was before nor what it is to be:
 * a terminal that is closed must not leave a swap area off.
 */
#ifndef KJ_PUT_OFF_H
#define KJ_PUT_OFF_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct put_off {
	sigset_t before;
};

/* SIGINT, SIGTERM and SIGHUP, but those that are ignored, wait from here to the end. */
struct put_off put_off_begin(void);
void put_off_end(struct put_off *put_off);
/* Often used by nothing but its end. */
#define AUTO_PUT_OFF __attribute__((cleanup(put_off_end), unused))

/* Error: one of them waits. It is taken: this process ends by the error. */
struct error *put_off_check(void);

/* Waits for a file to be readable. Of the signals that are put off, those that come until then go to another process. */
void put_off_pass_on(int fd, pid_t process);

/* Whether it is one of them. */
bool put_off_is_ending(int signal_number);

/* In a new process, which is another program: none of them is put off. */
void put_off_none(void);

#endif
