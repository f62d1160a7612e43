/* SPDX-License-Identifier: GPL-2.0-only */
#include "purgatory_setup.h"

#include <assert.h>
#include <string.h>

#include "memory.h"
#include "xxh64.h"

static void digest_segments(const struct plan *plan, struct purgatory_param *param)
{
	struct xxh64 all;

	xxh64_init(&all);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_segment *segment = &plan->segments[i];

		if (!segment->data.size || segment->undigested)
			continue;
		/* plan_check refuses more segments than there are regions; it comes after this. */
		if (param->region_count == PURGATORY_REGION_MAX)
			break;
		param->regions[param->region_count++] =
			(struct purgatory_region){ segment->memory.start, segment->data.size };
		xxh64_update(&all, segment->data.data, segment->data.size);
	}
	param->digest = xxh64_value(&all);
	param->flags |= PURGATORY_CHECK_DIGEST;
}

static void fill_blob(struct plan *plan, uint64_t start, const struct blob *blob, size_t param_offset,
		      const void *param, size_t param_size)
{
	uint8_t *copy = xcalloc(blob->size_bytes, 1);

	assert(param_offset + param_size <= blob->size_bytes);
	memcpy(copy, blob->data, blob->size_bytes);
	memcpy(copy + param_offset, param, param_size);
	plan_fill_owned(plan, start, copy, blob->size_bytes);
}

void purgatory_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct purgatory_param param,
		    bool with_digest)
{
	plan_segment_at(plan, start)->undigested = true;
	memcpy(param.magic, PURGATORY_MAGIC, sizeof(param.magic));
	if (with_digest)
		digest_segments(plan, &param);
	fill_blob(plan, start, arch->purgatory, PURGATORY_PARAM_OFFSET, &param, sizeof(param));
}

void gate_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct gate_param param)
{
	memcpy(param.magic, GATE_MAGIC, sizeof(param.magic));
	fill_blob(plan, start, arch->gate, GATE_PARAM_OFFSET, &param, sizeof(param));
}
