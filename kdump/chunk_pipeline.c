/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/chunk_pipeline.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/parallel.h"
#include "lib/khimage/khimage_codec.h"

#define THREADS_MAX 4
#define JOBS_MORE 3 /* than threads: packed, waiting to be packed, and being filled */

struct chunk_pipeline {
	uint32_t compression;
	struct out_stream *paced_by; /* NULL: packs every chunk */
	const struct khimage_crypt *crypt; /* NULL: does not encrypt */
	pthread_t threads[THREADS_MAX];
	size_t thread_count;
	struct chunk_job *jobs; /* a ring: number n is in place n % job_count */
	size_t job_count;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Numbers of jobs; released <= taken <= submitted <= begun <= released + job_count */
	size_t begun, submitted, taken, released;
	bool ends;
};

static struct chunk_job *job_of(const struct chunk_pipeline *pipeline, size_t number)
{
	return &pipeline->jobs[number % pipeline->job_count];
}

/*
 * While the disk has nothing else to write, a chunk is stored as it is: packing it
 * would leave the disk idle. While data waits for the disk, the time is free.
 */
static uint32_t choose_compression(const struct chunk_pipeline *pipeline)
{
	bool has_time = !pipeline->paced_by || out_stream_has_backlog(pipeline->paced_by);

	return has_time ? pipeline->compression : KHIMAGE_NONE;
}

static void encrypt(const struct khimage_crypt *crypt, struct chunk_job *job)
{
	/* In place: both buffers are this job's. */
	uint8_t *data = job->result == job->raw ? job->raw : job->packed;

	khimage_crypt_seal(crypt, KHIMAGE_PART_CHUNK, job->number, data, job->chunk.stored_bytes, job->tag);
}

static void *pack_jobs(void *context)
{
	struct chunk_pipeline *pipeline = context;
	/* The digest of what was to be seen by nobody is not kept. */
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { .leaves_digest_out = pipeline->crypt != NULL };

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		while (pipeline->taken == pipeline->submitted && !pipeline->ends)
			pthread_cond_wait(&pipeline->changed, &pipeline->lock);
		if (pipeline->ends)
			break;

		struct chunk_job *job = job_of(pipeline, pipeline->taken++);

		pthread_mutex_unlock(&pipeline->lock);
		job->result = khimage_codec_pack(&codec, choose_compression(pipeline), job->raw, job->raw_bytes,
						 job->packed, &job->chunk);
		if (pipeline->crypt)
			encrypt(pipeline->crypt, job);
		pthread_mutex_lock(&pipeline->lock);
		job->is_done = true;
		pthread_cond_broadcast(&pipeline->changed);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

struct error *chunk_pipeline_create(struct chunk_pipeline **ret_pipeline, uint32_t compression,
				    struct out_stream *paced_by, const struct khimage_crypt *crypt)
{
	struct chunk_pipeline *pipeline = xcalloc(1, sizeof(*pipeline));
	size_t wanted = parallel_threads(THREADS_MAX);
	int failure = 0;

	pipeline->compression = compression;
	pipeline->paced_by = paced_by;
	pipeline->crypt = crypt;
	pipeline->job_count = wanted + JOBS_MORE;
	pipeline->jobs = xcalloc(pipeline->job_count, sizeof(*pipeline->jobs));
	for (size_t i = 0; i < pipeline->job_count; i++) {
		pipeline->jobs[i].raw = xpages(KHIMAGE_CHUNK_BYTES);
		pipeline->jobs[i].packed = xpages(KHIMAGE_CHUNK_BYTES);
	}
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->changed, NULL);
	while (!failure && pipeline->thread_count < wanted) {
		failure = pthread_create(&pipeline->threads[pipeline->thread_count], NULL, pack_jobs, pipeline);
		pipeline->thread_count += !failure;
	}
	if (!pipeline->thread_count) {
		chunk_pipeline_destroy(pipeline);
		return error_errno(failure, "cannot start a thread that packs memory");
	}
	*ret_pipeline = pipeline;
	return NULL;
}

void chunk_pipeline_destroy(struct chunk_pipeline *pipeline)
{
	if (!pipeline)
		return;
	pthread_mutex_lock(&pipeline->lock);
	pipeline->ends = true;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
	for (size_t i = 0; i < pipeline->thread_count; i++)
		pthread_join(pipeline->threads[i], NULL);
	for (size_t i = 0; i < pipeline->job_count; i++) {
		free(pipeline->jobs[i].raw);
		free(pipeline->jobs[i].packed);
	}
	free(pipeline->jobs);
	pthread_cond_destroy(&pipeline->changed);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
}

struct chunk_job *chunk_pipeline_begin(struct chunk_pipeline *pipeline)
{
	if (pipeline->begun - pipeline->released == pipeline->job_count)
		return NULL;

	struct chunk_job *job = job_of(pipeline, pipeline->begun++);

	job->raw_bytes = 0;
	job->is_done = false;
	return job;
}

void chunk_pipeline_submit(struct chunk_pipeline *pipeline)
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->submitted++;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
}

const struct chunk_job *chunk_pipeline_oldest(struct chunk_pipeline *pipeline)
{
	const struct chunk_job *job = job_of(pipeline, pipeline->released);

	if (pipeline->released == pipeline->submitted)
		return NULL;
	pthread_mutex_lock(&pipeline->lock);
	while (!job->is_done)
		pthread_cond_wait(&pipeline->changed, &pipeline->lock);
	pthread_mutex_unlock(&pipeline->lock);
	return job;
}

void chunk_pipeline_release(struct chunk_pipeline *pipeline)
{
	pipeline->released++;
}
