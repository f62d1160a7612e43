/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The khimages on the machine's other disks. A kernel resumes after each save,
 * so of all snapshots of one boot only the last may be restored, on any disk:
 * they are numbered together. Snapshots of another boot, that is of another
 * system or another computer, have numbers of their own and are ignored.
 */
#ifndef KJ_KHIMAGE_OTHERS_H
#define KJ_KHIMAGE_OTHERS_H

#include <stdint.h>

#include "include/khimage_format.h"
#include "lib/base/error.h"

/* Identifies one snapshot among all others. */
struct khimage_identity {
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES]; /* zeros: not known; then it equals no other */
	uint64_t generation;
	uint64_t image_id;
};

/* How another khimage relates to a snapshot. */
enum khimage_relation {
	KHIMAGE_UNRELATED, /* of another boot, or of one that is not known; or never written */
	KHIMAGE_EARLIER,   /* of the same boot, with a lower number */
	KHIMAGE_COPY,      /* the same snapshot, and it was not restored either */
	KHIMAGE_TWIN,      /* of the same boot and number, but used, given up, or another snapshot */
	KHIMAGE_LATER,
};

enum khimage_relation khimage_relation(const struct khimage_identity *snapshot, const struct khimage_superblock *other,
				       const uint8_t other_boot_id[KHIMAGE_BOOT_ID_BYTES]);

/* One khimage of each relation that matters; paths are heap, NULL if there is none. Zero-initialise. */
struct khimage_others {
	uint64_t newest_generation; /* of the same boot; 0: there is none */
	char *newest;               /* the one with that number */
	char *twin;
	uint32_t twin_state;        /* KHIMAGE_EMPTY, … */
	char *copy;
};

void khimage_others_deinit(struct khimage_others *others);
#define AUTO_KHIMAGE_OTHERS __attribute__((cleanup(khimage_others_deinit)))

/*
 * Searches all block devices except the one that `path`, the place of `snapshot`,
 * is or lies on. Error: they cannot be listed.
 */
struct error *khimage_others_find(const char *path, const struct khimage_identity *snapshot,
				  struct khimage_others *ret_others);

#endif
