/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that hold content between loading and the jump, when no process of ours runs: a file on a ramfs of its own. The
 * kernel does not swap pages of a ramfs (its mapping is unevictable, fs/ramfs/inode.c), and does not migrate them: they
 * are dirty and have no writepage (mm/migrate.c, fallback_migrate_folio). Both hold without a process that stays. A
 * tmpfs swaps them, and memory that is locked only is migrated by compaction.
 *
 * The folder is below /dev, where the shutdown of systemd leaves mounts alone. It does not outlive the boot.
 */
#ifndef KJ_STAGED_PAGES_H
#define KJ_STAGED_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "kexec/place/page_pool.h"
#include "lib/base/error.h"
#include "lib/machine/loaded_record.h"

#define STAGED_PAGES_FOLDER "/dev/.kexec-jump"

/* Whether there are such pages, of an earlier load. */
bool staged_pages_exist(void);

/* Mounts it, in place of what is there, and makes the file; the caller closes *ret_fd. Error: not root. */
struct error *staged_pages_create(int *ret_fd);

/* Refuses if less than `bytes` can be spared, with the numbers; `root` as of machine_init. */
struct error *staged_pages_check_room(const char *root, uint64_t bytes);

/* Makes the file `page_count` pages long, of zeros, which take memory at once. Error: not enough memory. */
struct error *staged_pages_grow(int fd, size_t page_count);

/* Records the addresses of the pages, for staged_pages_check. */
struct error *staged_pages_record(const struct page_pool *pool);

/* Before the jump: error if the pages are gone, or are not at the recorded addresses. */
struct error *staged_pages_check(void);

/* Gives the memory back. Nothing may be loaded any more that uses it. */
void staged_pages_release(void);

/*
 * After each load for kexec -e and each unload of it: records what is loaded now (loaded_record.h), and gives the memory
 * back unless that uses it. False if the record cannot be written.
 */
bool staged_pages_record_load(enum loaded_kind kind);

#endif
