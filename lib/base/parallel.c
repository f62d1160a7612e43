/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "lib/base/alloc.h"

struct work {
	struct error *(*act)(void *context, size_t worker, size_t index);
	void *context;
	size_t count;
	pthread_mutex_t lock;
	size_t next;
	struct error *error;
};

struct worker {
	struct work *work;
	size_t number;
	pthread_t thread;
	bool is_started;
};

size_t parallel_threads(size_t limit)
{
	cpu_set_t cpus;
	size_t count = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : (size_t)CPU_COUNT(&cpus);

	return count < limit ? count : limit;
}

static bool take_index(struct work *work, size_t *ret_index)
{
	pthread_mutex_lock(&work->lock);
	bool taken = !work->error && work->next < work->count;

	if (taken)
		*ret_index = work->next++;
	pthread_mutex_unlock(&work->lock);
	return taken;
}

static void keep_error(struct work *work, struct error *error)
{
	pthread_mutex_lock(&work->lock);
	if (!work->error)
		work->error = error;
	else
		error_free(error);
	pthread_mutex_unlock(&work->lock);
}

static void *work_on(void *context)
{
	struct worker *worker = context;
	struct work *work = worker->work;
	size_t index;

	while (take_index(work, &index)) {
		struct error *error = work->act(work->context, worker->number, index);

		if (error)
			keep_error(work, error);
	}
	return NULL;
}

struct error *parallel_each(size_t count, size_t thread_count,
			    struct error *(*act)(void *context, size_t worker, size_t index), void *context)
{
	struct work work = { .act = act, .context = context, .count = count };
	AUTO_FREE struct worker *workers = xcalloc(thread_count, sizeof(*workers));

	pthread_mutex_init(&work.lock, NULL);
	for (size_t i = 1; i < thread_count; i++) {
		workers[i] = (struct worker){ .work = &work, .number = i };
		workers[i].is_started = !pthread_create(&workers[i].thread, NULL, work_on, &workers[i]);
	}
	workers[0] = (struct worker){ .work = &work };
	work_on(&workers[0]);
	for (size_t i = 1; i < thread_count; i++)
		if (workers[i].is_started)
			pthread_join(workers[i].thread, NULL);
	pthread_mutex_destroy(&work.lock);
	return work.error;
}
