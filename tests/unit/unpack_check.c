/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/unpack_check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/alloc.h"
#include "lib/unpack/decompress.h"
#include "tests/unit/fixtures.h"

struct error *unpack(struct bytes bytes, size_t limit, uint8_t **ret_data, size_t *ret_size)
{
	AUTO_FREE uint8_t *copy = exact_copy(bytes);

	return decompress((struct bytes){ copy, bytes.size }, limit, ret_data, ret_size);
}

bool unpacks_to(struct bytes bytes, size_t limit, struct bytes wanted)
{
	AUTO_FREE uint8_t *data = NULL;
	size_t size = 0;

	return no_error(unpack(bytes, limit, &data, &size)) && size == wanted.size &&
	       (!size || memcmp(data, wanted.data, size) == 0);
}

bool unpack_refused(struct bytes bytes, size_t limit, const char *says)
{
	uint8_t *data = NULL;
	size_t size = 4711;
	bool as_expected = error_contains(unpack(bytes, limit, &data, &size), says) & (!data && size == 4711);

	free(data);
	return as_expected;
}
