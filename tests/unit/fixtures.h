/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What unit tests build their input from: random numbers that are the same in
 * every run, bytes put together piece by piece, ELF files and bzImages made
 * from a description, files in a folder of their own.
 */
#ifndef KJ_TESTS_FIXTURES_H
#define KJ_TESTS_FIXTURES_H

#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/core/elf_file.h"

/* SplitMix64 (Steele, Lea, Flood 2014). Start it with any seed. */
struct random {
	uint64_t state;
};

uint64_t random_u64(struct random *random);
size_t random_below(struct random *random, size_t end); /* 0 .. end - 1 */

/* Bytes that grow. Zero-initialise. */
struct buffer {
	uint8_t *data;
	size_t size, capacity;
};

void buffer_deinit(struct buffer *buffer);
#define AUTO_BUFFER __attribute__((cleanup(buffer_deinit)))

void put(struct buffer *buffer, const void *data, size_t size);
void put_zeros(struct buffer *buffer, size_t size);
void put_u32(struct buffer *buffer, uint32_t value);
void put_random(struct buffer *buffer, struct random *random, size_t size);

/* Writes `size` bytes of the little-endian `value` over what is at `offset`. */
void poke(struct buffer *buffer, size_t offset, uint64_t value, size_t size);

struct bytes buffer_bytes(const struct buffer *buffer);

/* A copy of exactly this size, so that a sanitizer sees one byte too many; free it. */
uint8_t *exact_copy(struct bytes bytes);

/* A bzImage; what is 0 is 0 in the file. */
struct bzimage_spec {
	uint16_t protocol;
	uint8_t setup_sectors;
	uint8_t header_end; /* value of byte 0x201; 0: as long as the protocol has it */
	uint32_t kernel_bytes, syssize;
	uint8_t loadflags;
	uint32_t code32_start;
	uint8_t relocatable;
	uint32_t alignment;
	uint16_t xloadflags;
	uint32_t cmdline_size;
	uint32_t initrd_addr_max;
	uint32_t payload_offset, payload_length;
	uint64_t pref_address;
	uint32_t init_size;
	const char *version; /* NULL: no pointer to it */
};

/* Like a 6.1 x86_64 kernel, but small. */
extern const struct bzimage_spec modern_bzimage;
void build_bzimage(struct buffer *buffer, const struct bzimage_spec *spec);

/* ELF headers; segment contents are the test's to append or leave out. */
struct elf_spec {
	bool is_64;
	uint16_t type, machine;
	uint64_t entry;
	const struct elf_segment *segments;
	size_t segment_count;
	bool count_in_section; /* e_phnum is PN_XNUM, the count is in section header 0 */
};

void build_elf(struct buffer *buffer, const struct elf_spec *spec);

/* Makes a folder below $TMPDIR; remove_folder takes it away with its files. Heap. */
char *make_folder(void);
void remove_folder(char *folder);
char *write_file(const char *folder, const char *name, struct bytes bytes); /* its path; heap */

/* A file at `path` below the folder `root`, with the folders on the way. For the files of a machine. */
void put_file_below(const char *root, const char *path, const char *text);
/* Takes a folder away with all that is below it. */
void remove_tree(char *root);

/* True, and frees it, if there is an error whose text contains `part`. Prints the text found otherwise. */
bool error_contains(struct error *error, const char *part);
/* True if there is none; else prints and frees it. */
bool no_error(struct error *error);

#endif
