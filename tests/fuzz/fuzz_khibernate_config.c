/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate's configuration: what was understood is written so that it is understood as the same. */
#include "hibernate/khibernate_config.h"
#include "lib/base/alloc.h"
#include "tests/fuzz/fuzz.h"

static void check_written(const struct khibernate_config *config)
{
	AUTO_KHIBERNATE_CONFIG struct khibernate_config again = { 0 };
	AUTO_FREE char *text = khibernate_config_text(config);

	khibernate_config_init(&again);
	struct error *error = khibernate_config_parse(&again, text, "text");

	REQUIRE(!error);
	AUTO_FREE char *same = khibernate_config_text(&again);

	REQUIRE(!strcmp(text, same));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_KHIBERNATE_CONFIG struct khibernate_config config = { 0 };
	AUTO_FREE char *text = fuzz_text(data, size);

	khibernate_config_init(&config);
	struct error *error = khibernate_config_parse(&config, text, "file");

	REQUIRE(error || !config.has_window || config.mem_min < config.mem_max);
	if (!error)
		check_written(&config);
	error_free(error);
	return 0;
}
