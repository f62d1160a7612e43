/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks for a passphrase as the rest of the boot does, so that it is seen on a splash screen, and one prompt does not take
 * what is typed for another: by systemd-ask-password(1), whose agents are on the console and in plymouth, where systemd
 * runs, else by plymouth(1).
 */
#ifndef KJ_PASSPHRASE_PROGRAM_H
#define KJ_PASSPHRASE_PROGRAM_H

#include "lib/base/error.h"

/*
 * *ret_passphrase: secret_free frees it; NULL without an error: neither is there, or it failed, as without an agent, and the
 * terminal is to be asked. Errors: no answer within that many seconds (0: any time). `root` has /run/systemd; "/".
 */
struct error *passphrase_program_ask(const char *root, const char *prompt, unsigned int seconds, char **ret_passphrase);

#endif
