/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/out_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/retry.h"

#define BLOCK_BYTES 4096u
#define BUFFER_BYTES (512u << 10)
#define BUFFER_COUNT 12u
/* Two writes at a time: the disk has the next one at hand when it ends one. */
#define THREADS_MAX 2u
/* Queued, besides those being written: more than a disk takes while a processor packs a chunk. */
#define BACKLOG_BUFFERS 6u

struct buffer {
	uint8_t *data; /* aligned to BLOCK_BYTES */
	size_t size;
	uint64_t offset;
};

struct out_stream {
	const struct storage *storage;
	int fd; /* of the storage, the first of its mirrors */
	const char *name;
	bool can_seek, is_regular, is_direct;
	uint64_t offset;       /* where the next byte goes */
	struct buffer *filling; /* NULL, or the buffer that is being filled */
	/* Below: under the lock. A buffer is free, filling, queued, then free again. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[THREADS_MAX];
	size_t thread_count;
	bool ends;
	struct error *error; /* the first; no write begins after it */
	struct buffer buffers[BUFFER_COUNT];
	struct buffer *free[BUFFER_COUNT];
	size_t free_count;
	struct buffer *queue[BUFFER_COUNT];
	size_t queue_count;
	size_t writing_count;
};

/* False if one of the mirrors cannot be written past the page cache: none is, then. */
static bool set_direct(const struct storage *storage, bool direct)
{
	int flags = fcntl(storage->fd, F_GETFL);
	bool done = !fcntl(storage->fd, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT);

	for (size_t i = 0; done && i < storage->mirror_count; i++)
		done = set_direct(&storage->mirrors[i], direct);
	if (direct && !done)
		(void)set_direct(storage, false);
	return done;
}

static bool is_direct(struct out_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	bool direct = stream->is_direct;

	pthread_mutex_unlock(&stream->lock);
	return direct;
}

/* The disk has larger sectors, or the file system does not support O_DIRECT. */
static void stop_direct(struct out_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	stream->is_direct = false;
	(void)set_direct(stream->storage, false);
	pthread_mutex_unlock(&stream->lock);
}

/*
 * Waits until the disk has what was written through the page cache, and gives the
 * memory back. Errors are left to the flush at the end: it reports them again.
 */
static void drop_cached(const struct storage *storage, const struct buffer *buffer)
{
	uint64_t at = buffer->offset, end = at + buffer->size, offset, here;

	for (; at < end && (here = extents_find(&storage->extents, at, &offset)); at += here) {
		here = here < end - at ? here : end - at;
		(void)sync_file_range(storage->fd, (off_t)offset, (off_t)here,
				      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
		(void)posix_fadvise(storage->fd, (off_t)offset, (off_t)here, POSIX_FADV_DONTNEED);
	}
	for (size_t i = 0; i < storage->mirror_count; i++)
		drop_cached(&storage->mirrors[i], buffer);
}

static struct error *write_buffer(struct out_stream *stream, const struct buffer *buffer)
{
	bool direct = is_direct(stream);
	size_t done = 0;

	while (done < buffer->size) {
		const uint8_t *at = buffer->data + done;
		size_t size = buffer->size - done;
		ssize_t written = TEMP_FAILURE_RETRY(
			stream->can_seek ? storage_pwrite(stream->storage, at, size, buffer->offset + done) :
					   write(stream->fd, at, size));

		if (written < 0 && errno == EINVAL && direct) {
			stop_direct(stream);
			direct = false;
			continue;
		}
		if (written < 0 && (errno == ENOSPC || errno == EDQUOT))
			return error_new("%s is full before offset %" PRIu64 ", and nothing of what was written can be used",
					 stream->name, buffer->offset + done);
		if (written < 0)
			return error_errno(errno, "cannot write to %s at offset %" PRIu64, stream->name,
					   buffer->offset + done);
		done += (size_t)written;
	}
	if (stream->can_seek && !direct)
		drop_cached(stream->storage, buffer);
	return NULL;
}

static void *write_queue(void *context)
{
	struct out_stream *stream = context;

	pthread_mutex_lock(&stream->lock);
	for (;;) {
		while (!stream->queue_count && !stream->ends)
			pthread_cond_wait(&stream->changed, &stream->lock);
		if (!stream->queue_count)
			break;

		struct buffer *buffer = stream->queue[0];
		bool failed = stream->error != NULL;

		memmove(stream->queue, stream->queue + 1, --stream->queue_count * sizeof(stream->queue[0]));
		stream->writing_count++;
		pthread_mutex_unlock(&stream->lock);
		struct error *error = failed ? NULL : write_buffer(stream, buffer);

		pthread_mutex_lock(&stream->lock);
		stream->writing_count--;
		if (error && stream->error)
			error_free(error);
		else if (error)
			stream->error = error;
		stream->free[stream->free_count++] = buffer;
		pthread_cond_broadcast(&stream->changed);
	}
	pthread_mutex_unlock(&stream->lock);
	return NULL;
}

/* Ends the threads after what is queued. */
static void join_threads(struct out_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	stream->ends = true;
	pthread_cond_broadcast(&stream->changed);
	pthread_mutex_unlock(&stream->lock);
	for (size_t i = 0; i < stream->thread_count; i++)
		pthread_join(stream->threads[i], NULL);
}

static void free_stream(struct out_stream *stream)
{
	for (size_t i = 0; i < BUFFER_COUNT; i++)
		free(stream->buffers[i].data);
	error_free(stream->error);
	pthread_cond_destroy(&stream->changed);
	pthread_mutex_destroy(&stream->lock);
	free(stream);
}

/* In a pipe the order of the writes is that of the bytes. */
static struct error *start_threads(struct out_stream *stream)
{
	size_t wanted = stream->can_seek ? THREADS_MAX : 1;
	int failure = 0;

	while (!failure && stream->thread_count < wanted) {
		failure = pthread_create(&stream->threads[stream->thread_count], NULL, write_queue, stream);
		stream->thread_count += !failure;
	}
	return stream->thread_count ? NULL : error_errno(failure, "cannot start a thread that writes %s", stream->name);
}

struct error *out_stream_create(struct out_stream **ret_stream, const struct storage *storage, const char *name,
				uint64_t offset)
{
	int fd = storage->fd;
	struct out_stream *stream = xcalloc(1, sizeof(*stream));
	struct stat status;
	bool known = !fstat(fd, &status);

	*stream = (struct out_stream){ .storage = storage, .fd = fd, .name = name, .offset = offset };
	/* Other programs share its offset and flags, which outlive this program. */
	bool is_shared = fd == STDOUT_FILENO;

	bool is_file = known && !is_shared && S_ISREG(status.st_mode);

	/* Parts end where they end. */
	stream->is_regular = is_file && !storage->extents.count;
	stream->can_seek = is_file || (known && !is_shared && S_ISBLK(status.st_mode));
	stream->is_direct = stream->can_seek && set_direct(storage, true);
	for (size_t i = 0; i < BUFFER_COUNT; i++) {
		stream->buffers[i].data = xaligned(BLOCK_BYTES, BUFFER_BYTES);
		stream->free[stream->free_count++] = &stream->buffers[i];
	}
	pthread_mutex_init(&stream->lock, NULL);
	pthread_cond_init(&stream->changed, NULL);

	struct error *error = start_threads(stream);

	if (error)
		free_stream(stream);
	else
		*ret_stream = stream;
	return error;
}

void out_stream_destroy(struct out_stream *stream)
{
	if (!stream)
		return;
	join_threads(stream);
	free_stream(stream);
}

uint64_t out_stream_offset(const struct out_stream *stream)
{
	return stream->offset;
}

bool out_stream_has_backlog(struct out_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	bool has_backlog = stream->queue_count >= BACKLOG_BUFFERS;

	pthread_mutex_unlock(&stream->lock);
	return has_backlog;
}

/* Each caller gets an error of its own; the stream keeps the first. */
static struct error *error_so_far(const struct out_stream *stream)
{
	return stream->error ? error_new("%s", error_text(stream->error)) : NULL;
}

/* Waits for a buffer that is free; it belongs to the caller until it is queued. */
static struct error *take_buffer(struct out_stream *stream, uint64_t offset, struct buffer **ret_buffer)
{
	pthread_mutex_lock(&stream->lock);
	while (!stream->free_count && !stream->error)
		pthread_cond_wait(&stream->changed, &stream->lock);

	struct error *error = error_so_far(stream);

	if (!error) {
		*ret_buffer = stream->free[--stream->free_count];
		**ret_buffer = (struct buffer){ .data = (*ret_buffer)->data, .offset = offset };
	}
	pthread_mutex_unlock(&stream->lock);
	return error;
}

static void queue_buffer(struct out_stream *stream, struct buffer *buffer)
{
	pthread_mutex_lock(&stream->lock);
	stream->queue[stream->queue_count++] = buffer;
	pthread_cond_broadcast(&stream->changed);
	pthread_mutex_unlock(&stream->lock);
}

static void queue_filling(struct out_stream *stream)
{
	if (stream->filling)
		queue_buffer(stream, TAKE_PTR(stream->filling));
}

/* `data` NULL: zeros. */
static struct error *append(struct out_stream *stream, const uint8_t *data, size_t size)
{
	while (size) {
		struct error *error =
			stream->filling ? NULL : take_buffer(stream, stream->offset, &stream->filling);

		if (error)
			return error;

		struct buffer *buffer = stream->filling;
		size_t part = size < BUFFER_BYTES - buffer->size ? size : BUFFER_BYTES - buffer->size;

		if (data)
			memcpy(buffer->data + buffer->size, data, part);
		else
			memset(buffer->data + buffer->size, 0, part);
		buffer->size += part;
		stream->offset += part;
		size -= part;
		data = data ? data + part : NULL;
		if (buffer->size == BUFFER_BYTES)
			queue_filling(stream);
	}
	return NULL;
}

struct error *out_stream_append(struct out_stream *stream, const void *data, size_t size)
{
	return append(stream, data, size);
}

struct error *out_stream_align(struct out_stream *stream)
{
	return append(stream, NULL, -stream->offset % BLOCK_BYTES);
}

struct error *out_stream_skip(struct out_stream *stream, size_t size)
{
	queue_filling(stream);
	stream->offset += size;
	return NULL;
}

struct error *out_stream_fill(struct out_stream *stream, uint64_t offset, const void *data, size_t size)
{
	struct buffer *buffer;
	struct error *error = take_buffer(stream, offset, &buffer);

	if (error)
		return error;
	memcpy(buffer->data, data, size);
	buffer->size = size;
	queue_buffer(stream, buffer);
	return NULL;
}

static struct error *wait_until_written(struct out_stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	while (stream->queue_count || stream->writing_count)
		pthread_cond_wait(&stream->changed, &stream->lock);

	struct error *error = error_so_far(stream);

	pthread_mutex_unlock(&stream->lock);
	return error;
}

struct error *out_stream_finish(struct out_stream *stream)
{
	uint64_t size = stream->offset;
	/* Direct writes take whole blocks only. */
	struct error *error = stream->can_seek ? out_stream_align(stream) : NULL;

	queue_filling(stream);
	if (!error)
		error = wait_until_written(stream);
	if (!error && stream->is_regular && ftruncate(stream->fd, (off_t)size))
		error = error_errno(errno, "cannot set the size of %s", stream->name);
	/* Only flushed data survives a power failure. A pipe cannot be flushed, and need not be. */
	if (!error && storage_flush(stream->storage) && errno != EINVAL && errno != EROFS)
		error = error_errno(errno, "cannot flush %s", stream->name);
	return error;
}
