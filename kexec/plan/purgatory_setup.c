/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/purgatory_setup.h"

#include <assert.h>
#include <string.h>

#include "kexec/plan/loading.h"
#include "lib/base/alloc.h"
#include "purgatory/blobs.h"
#include "purgatory/xxh64.h"

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
	fill_blob(plan, start, arch->is_64 ? &purgatory64_blob : &purgatory32_blob, PURGATORY_PARAM_OFFSET, &param,
		  sizeof(param));
}

struct error *gate_place(struct plan *plan, const char *where, struct span within, bool high, const struct arch *arch,
			 struct gate_param param, uint64_t *ret_start)
{
	const struct plan_need need = { .what = "gate", .size_bytes = GATE_SIZE_BYTES, .within = within, .high = high };
	struct error *error = plan_place(plan, where, &need, 1, ret_start);

	if (error)
		return error;
	memcpy(param.magic, GATE_MAGIC, sizeof(param.magic));
	fill_blob(plan, *ret_start, arch->is_64 ? &gate64_blob : &gate32_blob, GATE_PARAM_OFFSET, &param, sizeof(param));
	return NULL;
}

void place_fill(struct plan *plan, uint64_t start, const struct arch *arch, struct place_param param)
{
	memcpy(param.magic, PLACE_MAGIC, sizeof(param.magic));
	fill_blob(plan, start, arch->is_64 ? &place64_blob : &place32_blob, PLACE_PARAM_OFFSET, &param, sizeof(param));
}

void loading_set_purgatory(struct loading *loading, uint64_t start, struct purgatory_param param)
{
	const struct request *request = loading->request;

	param.flags |= (loading->is_jump ? PURGATORY_JUMP : 0u) |
		       (loading->machine.cpus.count > 1 ? PURGATORY_OTHER_CPUS : 0u) |
		       (request->console_serial ? PURGATORY_CONSOLE_SERIAL : 0u) |
		       (request->console_vga ? PURGATORY_CONSOLE_VGA : 0u) |
		       (request->reset_vga ? PURGATORY_RESET_VGA : 0u);
	param.serial_port = request->serial_port;
	param.serial_baud = request->serial_baud;
	loading->purgatory_start = start;
	loading->purgatory = param;
	loading->plan.entry = start;
}
