/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The khimage: a snapshot, the saved memory of a kernel, on a partition or in
 * a file. doc/khimage.md explains each part and the order of the writes.
 *
 *   0       superblock, first slot        the valid slot with the higher
 *   4096    superblock, second slot       sequence counts
 *   8192    head: ELF notes, then views
 *   ...     groups: one index block each, then the chunks it lists
 *
 * Little endian. Offsets and sizes are in bytes unless their name says pages.
 * Digests are XXH3, 64 bits, seed 0; a chunk's digest covers its bytes as they are stored.
 */
#ifndef KJ_KHIMAGE_FORMAT_H
#define KJ_KHIMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define KHIMAGE_MAGIC "KHIMAGE"
#define KHIMAGE_GROUP_MAGIC "KHGROUP"
#define KHIMAGE_VERSION 1
#define KHIMAGE_VERSION_ENCRYPTED 2 /* a superblock with a khimage_encryption: older readers refuse it */

/* Everything but chunks starts at a multiple of this, the largest sector size of a disk. */
#define KHIMAGE_BLOCK_BYTES 4096u
#define KHIMAGE_SLOT_COUNT 2u
#define KHIMAGE_SLOTS_BYTES (KHIMAGE_SLOT_COUNT * KHIMAGE_BLOCK_BYTES)
#define KHIMAGE_HEAD_OFFSET 8192u
#define KHIMAGE_INDEX_BYTES 65536u
#define KHIMAGE_CHUNK_PAGES 64u
#define KHIMAGE_BOOT_ID_BYTES 16
#define KHIMAGE_CHUNK_BYTES (KHIMAGE_CHUNK_PAGES * 4096u)

/* khimage_superblock.state */
#define KHIMAGE_EMPTY 1
#define KHIMAGE_WRITING 2
#define KHIMAGE_COMMITTED 3
#define KHIMAGE_USED 4

/* khimage_superblock.compression, khimage_chunk.compression (a method, and perhaps KHIMAGE_WORDS) */
#define KHIMAGE_NONE 0
#define KHIMAGE_LZ4 1  /* one LZ4 block */
#define KHIMAGE_ZSTD 2 /* one Zstandard frame */
#define KHIMAGE_METHOD_MASK 0xffu

/*
 * A chunk with pages that each repeat one word of 64 bits. Stored are a map of 64
 * bits, of which bit n is set if page n is such a page; their words, in order; and
 * the other pages, if there are any, by the chunk's method.
 */
#define KHIMAGE_WORDS 0x100u

/* khimage_run.kind; pages outside of all runs were free */
#define KHIMAGE_RUN_DATA 1
#define KHIMAGE_RUN_ZERO 2

/* How long the steps took, for khibernate --times only; 0: not known. Kiloticks: bits 10 to 41 of the time stamp counter. */
struct khimage_times {
	uint32_t save_kiloticks;    /* when kdump began */
	uint32_t save_uptime_ms;    /* of its kernel, then */
	uint32_t save_ms;           /* from then until the snapshot is complete */
	uint32_t restore_kiloticks; /* when the restore began */
	uint32_t restore_uptime_ms; /* of its kernel, then */
	uint32_t find_ms;           /* snapshot and guards */
	uint32_t place_ms;          /* memory is taken, and each page gets its place */
	uint32_t read_ms;           /* from then until the snapshot is marked as used */
};

/* khimage_encryption.cipher; both with nonces of 12 bytes and tags of 16 */
#define KHIMAGE_PLAIN 0
#define KHIMAGE_AES256_GCM 1
#define KHIMAGE_CHACHA20_POLY1305 2 /* RFC 8439 */
#define KHIMAGE_TAG_BYTES 16u
#define KHIMAGE_KEY_BYTES 32u

/* The parts of an encrypted snapshot: the first four bytes of a nonce, before the part's number, eight bytes. */
#define KHIMAGE_PART_SUPERBLOCK 0u /* 0 */
#define KHIMAGE_PART_HEAD 1u       /* number of the block */
#define KHIMAGE_PART_INDEX 2u      /* number of the group */
#define KHIMAGE_PART_CHUNK 3u      /* number of the group, times 2^32, and of the chunk in it */

/* The head is encrypted in blocks of this size, each followed by its tag; an index block ends with its tag. */
#define KHIMAGE_SEALED_BYTES (KHIMAGE_INDEX_BYTES - KHIMAGE_TAG_BYTES)

/* In a superblock of KHIMAGE_VERSION_ENCRYPTED, committed or used: what opens the snapshot. */
struct khimage_encryption {
	uint32_t cipher;
	uint32_t reserved;
	uint64_t memory_digest;                  /* kjump_note.memory_digest: of which machine it is */
	uint8_t public_key[KHIMAGE_KEY_BYTES];   /* X25519: whose secret half opens the next field */
	uint8_t sealed_key[KHIMAGE_KEY_BYTES + 48]; /* a random key, by crypto_box_seal */
	uint8_t sealed_fields[104];              /* of the superblock: elf_machine to stored_bytes, encrypted */
	uint8_t tag[KHIMAGE_TAG_BYTES];
	uint64_t digest;                         /* of all fields before it */
};

struct khimage_superblock {
	char magic[8];          /* KHIMAGE_MAGIC with its NUL */
	uint32_t version;
	uint32_t state;
	uint64_t sequence;      /* counts the writes of superblocks on this device */
	uint64_t generation;    /* counts the snapshots on this device, and those of one boot on all disks */
	uint64_t image_id;      /* random; each index block of this snapshot repeats it */
	uint64_t created;       /* seconds since 1970 */
	/* Below: set in a committed or used snapshot; zero otherwise, and where they are encrypted. */
	uint32_t elf_machine;   /* EM_386, EM_X86_64 */
	uint32_t compression;   /* of the chunks; any may be stored as it is */
	uint64_t notes_bytes;   /* ELF notes of the source, verbatim, at KHIMAGE_HEAD_OFFSET */
	uint64_t view_count;    /* khimage_views, behind the notes at the next multiple of 8 */
	uint64_t head_digest;   /* of notes (with the bytes up to that multiple) and views */
	uint64_t groups_offset; /* of the first group's index block */
	uint64_t group_count;
	uint64_t groups_digest; /* chain of all index blocks' digests: 0, then the digest of chain and digest, 16 bytes */
	uint64_t end_offset;    /* the end of the snapshot on the device */
	uint64_t data_pages;
	uint64_t zero_pages;
	uint64_t run_count;
	uint64_t chunk_count;
	uint64_t stored_bytes;  /* of all chunks */
	uint64_t attempts;      /* boots that began to restore it */
	/* Set in every state: the kernel of the last snapshot on this device. */
	uint8_t boot_id[KHIMAGE_BOOT_ID_BYTES]; /* kjump_note.boot_id; zeros: not known (older writers) */
	struct khimage_times times;
	/* In a used snapshot: place_param.token of the placing program that was to enter its kernel; 0: none. */
	uint64_t jump_token;
	uint64_t digest;        /* of all fields before it */
	struct khimage_encryption encryption; /* zeros if it is plain */
};

/* A PT_LOAD of the source: memory, and the address at which its kernel mapped it. */
struct khimage_view {
	uint64_t phys;
	uint64_t linear; /* all ones: not mapped (i386 high memory) */
	uint64_t size_bytes;
};

/* The beginning of an index block; the chunks follow, then the runs. */
struct khimage_group_header {
	char magic[8]; /* KHIMAGE_GROUP_MAGIC with its NUL */
	uint64_t image_id;
	uint64_t number;      /* from 0 on */
	uint64_t next_offset; /* of the next group's index block, or the end of the snapshot */
	uint32_t chunk_count;
	uint32_t run_count;
	uint64_t reserved[2];
	uint64_t digest;      /* of the whole index block, this field taken as zero */
};

/*
 * Chunks are stored one after the other from the index block's end on, without gaps.
 * In an encrypted snapshot their tags follow behind the runs.
 */
struct khimage_chunk {
	uint64_t digest;       /* of the stored bytes; 0 if they are encrypted */
	uint32_t stored_bytes;
	uint16_t page_count;   /* of the next data pages of the group's runs, in order */
	uint16_t compression;
};

/* Runs ascend through the whole snapshot and do not overlap. */
struct khimage_run {
	uint64_t start; /* physical address of the first page */
	uint32_t page_count;
	uint32_t kind;
};

_Static_assert(sizeof(struct khimage_encryption) == 256, "on-disk layout");
_Static_assert(sizeof(struct khimage_superblock) == 216 + 8 + 256, "within a sector of 512 bytes");
_Static_assert(offsetof(struct khimage_superblock, attempts) - offsetof(struct khimage_superblock, elf_machine) ==
		       sizeof(((struct khimage_encryption *)0)->sealed_fields),
	       "the fields that are encrypted");
_Static_assert(offsetof(struct khimage_superblock, elf_machine) == 48, "on-disk layout");
_Static_assert(offsetof(struct khimage_superblock, boot_id) == 160, "on-disk layout");
_Static_assert(offsetof(struct khimage_superblock, digest) == 216, "on-disk layout");
_Static_assert(sizeof(struct khimage_view) == 24, "on-disk layout");
_Static_assert(sizeof(struct khimage_group_header) == 64, "on-disk layout");
_Static_assert(sizeof(struct khimage_chunk) == 16, "on-disk layout");
_Static_assert(sizeof(struct khimage_run) == 16, "on-disk layout");

#endif
