/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/format/uki.h"

#include <stdlib.h>
#include <string.h>

#include "kexec/format/pe.h"
#include "lib/base/alloc.h"
#include "lib/base/text.h"

/* The parts found so far. */
struct parts {
	struct bytes kernel, cmdline, osrel, microcode;
	struct bytes *initrds;
	size_t initrd_count, initrd_capacity;
};

static bool is_profile(const struct pe_section *section)
{
	return !strcmp(section->name, ".profile");
}

static struct error *take_one(struct bytes *part, const struct pe_section *section)
{
	if (part->size)
		return error_new("the UKI has two sections \"%s\"", section->name);
	*part = section->content;
	return NULL;
}

static struct error *take(struct parts *parts, const struct pe_section *section)
{
	const char *name = section->name;

	if (!strcmp(name, ".linux"))
		return take_one(&parts->kernel, section);
	if (!strcmp(name, ".cmdline"))
		return take_one(&parts->cmdline, section);
	if (!strcmp(name, ".osrel"))
		return take_one(&parts->osrel, section);
	if (!strcmp(name, ".ucode"))
		return take_one(&parts->microcode, section);
	if (strcmp(name, ".initrd") || !section->content.size)
		return NULL;
	parts->initrds = xgrow(parts->initrds, &parts->initrd_capacity, parts->initrd_count + 1,
			       sizeof(*parts->initrds));
	parts->initrds[parts->initrd_count++] = section->content;
	return NULL;
}

/* The sections from `first` up to the next profile; *ret_end is where that begins. */
static struct error *take_until_profile(struct parts *parts, const struct pe_file *pe, size_t first, size_t *ret_end)
{
	struct error *error = NULL;
	size_t i;

	for (i = first; !error && i < pe->section_count && !is_profile(&pe->sections[i]); i++)
		error = take(parts, &pe->sections[i]);
	*ret_end = i;
	return error;
}

static void replace(struct bytes *part, struct bytes by)
{
	if (by.size)
		*part = by;
}

static void replace_parts(struct parts *parts, struct parts *by)
{
	replace(&parts->kernel, by->kernel);
	replace(&parts->cmdline, by->cmdline);
	replace(&parts->osrel, by->osrel);
	replace(&parts->microcode, by->microcode);
	if (!by->initrd_count)
		return;
	free(parts->initrds);
	parts->initrds = by->initrds;
	parts->initrd_count = by->initrd_count;
	*by = (struct parts){ 0 };
}

static struct error *find_parts(const struct pe_file *pe, struct parts *ret_parts)
{
	struct parts profile = { 0 };
	size_t end;
	struct error *error = take_until_profile(ret_parts, pe, 0, &end);

	if (!error && end < pe->section_count)
		error = take_until_profile(&profile, pe, end + 1, &end);
	if (!error)
		replace_parts(ret_parts, &profile);
	free(profile.initrds);
	return error;
}

/* Without the newline of text tools and the NULs of objcopy. Heap. */
static char *text_of(struct bytes bytes)
{
	while (bytes.size && (bytes.data[bytes.size - 1] == '\0' || bytes.data[bytes.size - 1] == '\n'))
		bytes.size--;
	return xstrndup(bytes.size ? (const char *)bytes.data : "", bytes.size);
}

static struct error *read_cmdline(struct bytes bytes, char **ret_cmdline)
{
	AUTO_FREE char *text = text_of(bytes);
	size_t length = strlen(text);

	for (size_t i = length; i < bytes.size; i++)
		if (bytes.data[i] != '\0' && bytes.data[i] != '\n')
			return error_new("the UKI's command line is damaged: a NUL after %zu bytes", length);
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	*ret_cmdline = bytes.size ? xstrdup(text) : NULL;
	return NULL;
}

/* os-release(5): values may be quoted. */
static char *read_os_name(struct bytes osrel)
{
	AUTO_FREE char *text = text_of(osrel);
	char *name = line_value(text, "PRETTY_NAME");

	if (!name)
		name = line_value(text, "ID");
	if (name && strlen(name) >= 2 && (name[0] == '"' || name[0] == '\'')) {
		memmove(name, name + 1, strlen(name));
		name[strlen(name) - 1] = '\0';
	}
	return name;
}

static void put_initrds(struct uki *uki, const struct parts *parts)
{
	uki->initrds = xcalloc(parts->initrd_count + 1, sizeof(*uki->initrds));
	/* The kernel looks for microcode at the beginning. */
	if (parts->microcode.size)
		uki->initrds[uki->initrd_count++] = parts->microcode;
	for (size_t i = 0; i < parts->initrd_count; i++)
		uki->initrds[uki->initrd_count++] = parts->initrds[i];
}

bool uki_probe(struct bytes bytes)
{
	return pe_has_section(bytes, ".linux");
}

static struct error *read_parts(struct uki *uki, const struct pe_file *pe, struct parts *parts)
{
	if (pe->machine != PE_MACHINE_X86_64 && pe->machine != PE_MACHINE_I386)
		return error_new("a UKI for another machine: 0x%04x, and not 0x%04x (x86_64) or 0x%04x (i386)", pe->machine,
				 PE_MACHINE_X86_64, PE_MACHINE_I386);

	struct error *error = find_parts(pe, parts);

	if (!error && !parts->kernel.size)
		error = error_new("no UKI: its section .linux is not there, or empty");
	if (!error)
		error = read_cmdline(parts->cmdline, &uki->cmdline);
	if (error)
		return error;
	uki->kernel = parts->kernel;
	uki->os_name = read_os_name(parts->osrel);
	put_initrds(uki, parts);
	return NULL;
}

struct error *uki_init(struct uki *uki, struct bytes bytes)
{
	AUTO_PE_FILE struct pe_file pe = { 0 };
	struct parts parts = { 0 };
	struct uki made = { 0 };
	struct error *error = pe_init(&pe, bytes);

	if (!error)
		error = read_parts(&made, &pe, &parts);
	free(parts.initrds);
	if (!error)
		*uki = made;
	return error;
}

void uki_deinit(struct uki *uki)
{
	free(uki->initrds);
	free(uki->cmdline);
	free(uki->os_name);
	*uki = (struct uki){ 0 };
}
