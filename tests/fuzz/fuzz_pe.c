/* SPDX-License-Identifier: GPL-2.0-only */
/* PE files, and UKIs among them; every promise of pe.h and uki.h is checked. */
#include <string.h>

#include "kexec/format/pe.h"
#include "kexec/format/uki.h"
#include "tests/fuzz/fuzz.h"

static void check_within(struct bytes part, struct bytes file)
{
	REQUIRE(!part.size || (part.data >= file.data && part.size <= file.size &&
			       part.data <= file.data + (file.size - part.size)));
}

static void try_pe(struct bytes file)
{
	AUTO_PE_FILE struct pe_file pe = { 0 };
	struct error *error = pe_init(&pe, file);

	if (error) {
		error_free(error);
		return;
	}
	REQUIRE(pe_probe(file));
	for (size_t i = 0; i < pe.section_count; i++) {
		check_within(pe.sections[i].content, file);
		REQUIRE(pe_has_section(file, pe.sections[i].name));
	}
}

static void try_uki(struct bytes file)
{
	AUTO_UKI struct uki uki = { 0 };
	struct error *error = uki_init(&uki, file);

	if (error) {
		error_free(error);
		return;
	}
	REQUIRE(uki_probe(file) && uki.kernel.size);
	check_within(uki.kernel, file);
	for (size_t i = 0; i < uki.initrd_count; i++) {
		REQUIRE(uki.initrds[i].size);
		check_within(uki.initrds[i], file);
	}
	REQUIRE(!uki.cmdline || !strchr(uki.cmdline, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { data, size };

	try_pe(file);
	try_uki(file);
	return 0;
}
