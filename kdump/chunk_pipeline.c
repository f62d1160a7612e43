/* SPDX-License-Identifier: GPL-2.0-only */
#include "kdump/chunk_pipeline.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/alloc.h"
#include "lib/base/parallel.h"
#include "lib/khimage/khimage_codec.h"

#define THREADS_MAX 4
#define JOBS_PER_THREAD 2

struct chunk_pipeline {
	uint32_t compression;
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

static void *pack_jobs(void *context)
{
	struct chunk_pipeline *pipeline = context;
	AUTO_KHIMAGE_CODEC struct khimage_codec codec = { 0 };

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		while (pipeline->taken == pipeline->submitted && !pipeline->ends)
			pthread_cond_wait(&pipeline->changed, &pipeline->lock);
		if (pipeline->ends)
			break;

		struct chunk_job *job = job_of(pipeline, pipeline->taken++);

		pthread_mutex_unlock(&pipeline->lock);
		job->result = khimage_codec_pack(&codec, pipeline->compression, job->raw, job->raw_bytes, job->packed,
						 &job->chunk);
		pthread_mutex_lock(&pipeline->lock);
		job->is_done = true;
		pthread_cond_broadcast(&pipeline->changed);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return NULL;
}

struct error *chunk_pipeline_create(struct chunk_pipeline **ret_pipeline, uint32_t compression)
{
	struct chunk_pipeline *pipeline = xcalloc(1, sizeof(*pipeline));
	size_t wanted = parallel_threads(THREADS_MAX);
	int failure = 0;

	pipeline->compression = compression;
	pipeline->job_count = JOBS_PER_THREAD * wanted + 1;
	pipeline->jobs = xcalloc(pipeline->job_count, sizeof(*pipeline->jobs));
	for (size_t i = 0; i < pipeline->job_count; i++) {
		pipeline->jobs[i].raw = xpages(KHIMAGE_CHUNK_BYTES);
		pipeline->jobs[i].packed = compression == KHIMAGE_NONE ? NULL : xpages(KHIMAGE_CHUNK_BYTES);
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
