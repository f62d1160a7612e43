/* SPDX-License-Identifier: GPL-2.0-only */
#include "hibernate/next_boot_entry.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/base/bytes.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/text.h"

#define EFI_VARIABLES "/sys/firmware/efi/efivars/"
#define EFI_GLOBAL "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFI_LOADER "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define EFI_ATTRIBUTES_BYTES 4

/* The value of the last line KEY=VALUE, without quotes; heap, NULL if there is none or it is empty. */
static char *setting(const char *root, const char *path, const char *key)
{
	AUTO_FREE char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);
	const char *cursor = text;
	size_t length = strlen(key);
	char *line, *value = NULL;

	while (!error && (line = next_line(&cursor))) {
		if (!strncmp(line, key, length) && line[length] == '=') {
			const char *at = line + length + 1;

			free(value);
			value = xstrndup(at + strspn(at, "\"'"), strcspn(at + strspn(at, "\"'"), "\"'"));
		}
		free(line);
	}
	error_free(error);
	if (value && *value)
		return value;
	free(value);
	return NULL;
}

static char *grub_setting(const char *root, const char *key)
{
	char *value = setting(root, "/boot/grub/grubenv", key);

	return value ? value : setting(root, "/boot/grub2/grubenv", key);
}

/* The content of a variable behind its attributes; *ret_file owns it. */
static struct bytes efi_variable(const char *root, const char *name, char **ret_file)
{
	AUTO_FREE char *path = xasprintf(EFI_VARIABLES "%s", name);
	size_t size = 0;
	struct bytes content = { 0 };
	struct error *error = read_small_file(root, path, ret_file, &size);

	if (!error && size > EFI_ATTRIBUTES_BYTES)
		content = (struct bytes){ (const uint8_t *)*ret_file + EFI_ATTRIBUTES_BYTES, size - EFI_ATTRIBUTES_BYTES };
	error_free(error);
	return content;
}

/* UTF-16 to ASCII; a character beyond it becomes "?". */
static char *loader_entry(const char *root)
{
	AUTO_FREE char *file = NULL;
	struct bytes wide = efi_variable(root, "LoaderEntryOneShot" EFI_LOADER, &file);
	char *text = xcalloc(wide.size / 2 + 1, 1);

	for (size_t i = 0; i < wide.size / 2; i++) {
		uint16_t unit = load_u16(wide.data + 2 * i);

		text[i] = unit < 0x80 ? (char)unit : '?';
	}
	if (*text)
		return text;
	free(text);
	return NULL;
}

/* "Boot0003", if that is not what this boot was; heap. */
static char *boot_next(const char *root)
{
	AUTO_FREE char *next_file = NULL;
	AUTO_FREE char *current_file = NULL;
	struct bytes next = efi_variable(root, "BootNext" EFI_GLOBAL, &next_file);
	struct bytes current = efi_variable(root, "BootCurrent" EFI_GLOBAL, &current_file);

	if (next.size != 2 || (current.size == 2 && load_u16(next.data) == load_u16(current.data)))
		return NULL;
	return xasprintf("Boot%04X", load_u16(next.data));
}

struct next_boot_entry next_boot_entry_find(const char *root)
{
	struct next_boot_entry found = { boot_next(root), "efibootmgr --bootnext", "efibootmgr --delete-bootnext" };

	if (!found.entry)
		found = (struct next_boot_entry){ loader_entry(root), "bootctl set-oneshot", "bootctl set-oneshot \"\"" };
	if (!found.entry)
		found = (struct next_boot_entry){ grub_setting(root, "next_entry"), "grub-reboot",
						  "grub-editenv - unset next_entry" };
	return found;
}

char *next_boot_saved_entry(const char *root)
{
	AUTO_FREE char *usual = setting(root, "/etc/default/grub", "GRUB_DEFAULT");

	return usual && !strcmp(usual, "saved") ? grub_setting(root, "saved_entry") : NULL;
}
