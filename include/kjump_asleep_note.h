/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notes about a kernel (B) that sleeps: one that has jumped back, is kept as a
 * file, and is woken by the kernel of a later boot (A).
 *
 * The room: A reserves memory behind B's vmcore headers, in B's window and
 * outside of B's RAM. At each load A writes there the headers and notes of its
 * own boot, so B must read them there, and not in its /proc/vmcore, which shows
 * those of the boot in which B was started. The room's last PURGATORY_SIZE_BYTES
 * are for the purgatory of a waking jump.
 */
#ifndef KJ_KJUMP_ASLEEP_NOTE_H
#define KJ_KJUMP_ASLEEP_NOTE_H

#include <stddef.h>
#include <stdint.h>

/* All of name KJUMP_NOTE_NAME. Among the headers' notes: where the room is. */
#define KJUMP_ROOM_NOTE_TYPE 0x4b4a0004
#define KJUMP_ROOM_NOTE_VERSION 1

struct kjump_room_note {
	uint32_t version;
	uint32_t reserved;
	uint64_t start; /* physical; the headers begin there */
	uint64_t size_bytes;
};

/*
 * Among the headers' notes of a waking jump: what B gets at its start by its
 * command line and behind its initramfs. Kernel parameters, without a NUL; the
 * list of file systems that A uses (kjump_filesystems_note.h).
 */
#define KJUMP_WORDS_NOTE_TYPE 0x4b4a0005
#define KJUMP_USED_NOTE_TYPE 0x4b4a0006

/* In the file: an ELF core of B's window and low memory, whose entry is that of B's gate. */
#define KJUMP_ASLEEP_NOTE_TYPE 0x4b4a0007
#define KJUMP_ASLEEP_NOTE_VERSION 1

struct kjump_asleep_note {
	uint32_t version;
	uint32_t size_bytes;  /* of this struct; the KJUMP note of the boot that wrote the file comes after that many bytes */
	uint64_t room_start;  /* physical, as in kjump_room_note */
	uint64_t room_size_bytes;
	uint64_t created;     /* seconds since 1970 */
	uint64_t digest;      /* XXH64 of all pages with content, each after its address */
	uint64_t origin;      /* khibernate's digest of the files and the command line that B was started with; 0: none */
};

_Static_assert(sizeof(struct kjump_room_note) == 24, "layout between two kernels");
_Static_assert(offsetof(struct kjump_asleep_note, digest) == 32, "on-disk layout");
_Static_assert(sizeof(struct kjump_asleep_note) == 48, "on-disk layout");

#endif
