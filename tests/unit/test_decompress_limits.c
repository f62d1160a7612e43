/* SPDX-License-Identifier: GPL-2.0-only */
/* How much a compressed file may unpack to, and how much memory it may want for that. */
#include "lib/unpack/decompress.h"

#include <string.h>

#include "config.h"
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/packed_samples.h"
#include "tests/unit/unpack_check.h"

#define MIB ((size_t)1 << 20)

#ifdef HAVE_ZLIB
/* The limit is reached, and the input continues, the output does not. */
static void test_nothing_behind_the_limit(void)
{
	AUTO_FREE char *text = packed_text();
	static const uint8_t empty[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	AUTO_BUFFER struct buffer packed = { 0 };

	put(&packed, packed_samples[0].bytes.data, packed_samples[0].bytes.size);
	put(&packed, empty, sizeof(empty));
	ok(unpacks_to(buffer_bytes(&packed), strlen(text), (struct bytes){ (const uint8_t *)text, strlen(text) }),
	   "an empty member at the limit is accepted");
	ok(unpacks_to((struct bytes){ empty, sizeof(empty) }, 0, (struct bytes){ NULL, 0 }), "a file of nothing");
}
#endif

/* 3 MiB that are partly random: every growth of the output, every kind of block. */
static void fill_large(struct buffer *buffer)
{
	struct random random = { 11 };

	while (buffer->size < 3 * MIB) {
		put_random(buffer, &random, 1 + random_below(&random, 30000));
		put_zeros(buffer, random_below(&random, 60000));
	}
}

__attribute__((unused)) static void check_large(const char *how, const struct buffer *packed, const struct buffer *large)
{
	ok(packed->size && unpacks_to(buffer_bytes(packed), 4 * MIB, buffer_bytes(large)), "%s: 3 MiB are unpacked", how);
	ok(unpack_refused(buffer_bytes(packed), MIB, "unpacks to more than 1048576 bytes"), "%s: not more than the limit", how);
}

#ifdef HAVE_ZLIB
static void pack_gzip(struct buffer *packed, struct bytes bytes)
{
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	put_zeros(packed, deflateBound(&z, (uLong)bytes.size));
	z.next_in = (z_const Bytef *)(uintptr_t)bytes.data;
	z.avail_in = (uInt)bytes.size;
	z.next_out = packed->data;
	z.avail_out = (uInt)packed->size;
	packed->size = deflate(&z, Z_FINISH) == Z_STREAM_END ? z.total_out : 0;
	deflateEnd(&z);
}

static void test_gzip_bomb(void)
{
	AUTO_BUFFER struct buffer zeros = { 0 }, packed = { 0 };

	put_zeros(&zeros, 64 * MIB);
	pack_gzip(&packed, buffer_bytes(&zeros));
	diag("64 MiB in %zu bytes", packed.size);
	ok(unpack_refused(buffer_bytes(&packed), MIB, "unpacks to more than 1048576 bytes"), "a bomb is stopped at the limit");
}
#endif

#ifdef HAVE_LZ4
static void pack_lz4_legacy(struct buffer *packed, struct bytes bytes)
{
	put_u32(packed, 0x184c2102);
	for (size_t done = 0; done < bytes.size;) {
		size_t part = bytes.size - done < MIB ? bytes.size - done : MIB;
		AUTO_BUFFER struct buffer block = { 0 };

		put_zeros(&block, (size_t)LZ4_compressBound((int)part));
		int size = LZ4_compress_default((const char *)bytes.data + done, (char *)block.data, (int)part,
						(int)block.size);
		put_u32(packed, (uint32_t)size);
		put(packed, block.data, (size_t)size);
		done += part;
	}
}
#endif

static void test_large(void)
{
	AUTO_BUFFER struct buffer large = { 0 };

	fill_large(&large);
#ifdef HAVE_ZLIB
	AUTO_BUFFER struct buffer gzip = { 0 };
	pack_gzip(&gzip, buffer_bytes(&large));
	check_large("gzip", &gzip, &large);
	test_gzip_bomb();
#endif
#ifdef HAVE_LZMA
	AUTO_BUFFER struct buffer xz = { 0 };
	put_zeros(&xz, lzma_stream_buffer_bound(large.size));
	size_t xz_size = 0;
	if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, large.data, large.size, xz.data, &xz_size, xz.size))
		xz_size = 0;
	xz.size = xz_size;
	check_large("xz", &xz, &large);
#endif
#ifdef HAVE_ZSTD
	AUTO_BUFFER struct buffer zstd = { 0 };
	put_zeros(&zstd, ZSTD_compressBound(large.size));
	zstd.size = ZSTD_compress(zstd.data, zstd.size, large.data, large.size, 1);
	check_large("zstd", &zstd, &large);
#endif
#ifdef HAVE_LZ4
	AUTO_BUFFER struct buffer lz4 = { 0 };
	put_zeros(&lz4, LZ4F_compressFrameBound(large.size, NULL));
	lz4.size = LZ4F_compressFrame(lz4.data, lz4.size, large.data, large.size, NULL);
	check_large("lz4", &lz4, &large);
	AUTO_BUFFER struct buffer legacy = { 0 };
	pack_lz4_legacy(&legacy, buffer_bytes(&large));
	check_large("lz4 (legacy), in blocks", &legacy, &large);
#endif
}

#ifdef HAVE_LZMA
/* A header that asks for a dictionary of 4 GiB less one byte must not get the memory. */
static void test_large_dictionary(void)
{
	AUTO_BUFFER struct buffer lzma = { 0 };

	put(&lzma, "\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13);
	put_zeros(&lzma, 100);
	is_text(compression_name(buffer_bytes(&lzma)), "lzma", "lzma with the largest dictionary is known");
	ok(unpack_refused(buffer_bytes(&lzma), MIB, "bytes of memory to be unpacked, which is more than is accepted"),
	   "and refused where so much cannot be wanted");
}

/* A header that states a MiB and a byte, or just a MiB, and nothing behind it. */
static void test_stated_size(void)
{
	struct bytes more = { (const uint8_t *)"\x5d\0\0\x80\0\x01\0\x10\0\0\0\0\0", 13 };
	struct bytes most = { (const uint8_t *)"\x5d\0\0\x80\0\0\0\x10\0\0\0\0\0", 13 };

	ok(unpack_refused(more, MIB, "unpacks to more than 1048576 bytes"),
	   "lzma that states more than the limit is refused at once");
	ok(unpack_refused(most, MIB, "cut off"), "lzma that states the limit is unpacked up to its end");
}
#endif

#ifdef HAVE_ZSTD
/* A frame of one byte whose header asks for a window of 2 GiB (RFC 8878, 3.1.1.1.2); found by fuzzing. */
static void test_large_window(void)
{
	struct bytes frame = { (const uint8_t *)"\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x", 10 };
	struct bytes usual = { (const uint8_t *)"\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x", 10 };

	ok(unpack_refused(frame, MIB, "wants more memory to be unpacked than is accepted"), "zstd with a window of 2 GiB");
	ok(unpacks_to(usual, MIB, (struct bytes){ (const uint8_t *)"x", 1 }), "and one of 128 MiB, which zstd makes");
}
#endif

int main(void)
{
	ok(unpack_refused((struct bytes){ (const uint8_t *)"hello", 5 }, 0, "not compressed in a way that is known"),
	   "what is not compressed is refused as that, whatever the limit");
#ifdef HAVE_ZLIB
	test_nothing_behind_the_limit();
#endif
	test_large();
#ifdef HAVE_LZMA
	test_large_dictionary();
	test_stated_size();
#endif
#ifdef HAVE_ZSTD
	test_large_window();
#endif
	return tap_done();
}
