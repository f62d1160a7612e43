/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record in /run of the kind of the loaded kexec image, which the kernel does not
 * report: `kexec -e` must keep the network up on a jump, and needs the staged pages
 * of a kexec image that is placed (kexec/place/staged_pages.h). The boot id binds the
 * record to this boot.
 */
#ifndef KJ_LOADED_RECORD_H
#define KJ_LOADED_RECORD_H

#include <stdbool.h>

enum loaded_kind { LOADED_FOR_GOOD, LOADED_JUMP, LOADED_PLACED };

/*
 * Records the load that has just succeeded, or that nothing is loaded any more (LOADED_FOR_GOOD); false if the record
 * cannot be written.
 */
bool loaded_record_set(enum loaded_kind kind);

/* Whether, by the record, such a kexec image is loaded: a jump, or a placed one. */
bool loaded_record_is(enum loaded_kind kind);

#endif
