/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/fixtures.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/alloc.h"

static void die(const char *what)
{
	perror(what);
	exit(2);
}

uint64_t random_u64(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

size_t random_below(struct random *random, size_t end)
{
	return (size_t)(random_u64(random) % end);
}

void buffer_deinit(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}

void put_zeros(struct buffer *buffer, size_t size)
{
	buffer->data = xgrow(buffer->data, &buffer->capacity, buffer->size + size, 1);
	memset(buffer->data + buffer->size, 0, size);
	buffer->size += size;
}

void put(struct buffer *buffer, const void *data, size_t size)
{
	put_zeros(buffer, size);
	if (size)
		memcpy(buffer->data + buffer->size - size, data, size);
}

void put_u32(struct buffer *buffer, uint32_t value)
{
	put(buffer, &value, sizeof(value));
}

void put_random(struct buffer *buffer, struct random *random, size_t size)
{
	put_zeros(buffer, size);
	for (size_t i = buffer->size - size; i < buffer->size; i++)
		buffer->data[i] = (uint8_t)random_u64(random);
}

void poke(struct buffer *buffer, size_t offset, uint64_t value, size_t size)
{
	if (!bytes_contain(buffer_bytes(buffer), offset, size)) {
		fprintf(stderr, "poke at %zu of %zu bytes\n", offset, buffer->size);
		exit(2);
	}
	memcpy(buffer->data + offset, &value, size);
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
	return (struct bytes){ buffer->data, buffer->size };
}

uint8_t *exact_copy(struct bytes bytes)
{
	uint8_t *copy = malloc(bytes.size ? bytes.size : 1);

	if (!copy)
		die("malloc");
	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	return copy;
}

const struct bzimage_spec modern_bzimage = {
	.protocol = 0x020f,
	.setup_sectors = 2,
	.kernel_bytes = 4096,
	.syssize = 4096 / 16,
	.loadflags = 1,
	.code32_start = 0x100000,
	.relocatable = 1,
	.alignment = 0x200000,
	.xloadflags = 0x7f,
	.cmdline_size = 2047,
	.initrd_addr_max = 0x7fffffff,
	.payload_offset = 0x100,
	.payload_length = 0xe00,
	.pref_address = 0x1000000,
	.init_size = 0x800000,
	.version = "6.1.0-test (builder) #1 SMP",
};

/* Where the setup header of a protocol ends: Documentation/arch/x86/boot.rst. */
static uint8_t header_end_of(uint16_t protocol)
{
	if (protocol >= 0x020f)
		return 0x26c - 0x202;
	if (protocol >= 0x020a)
		return 0x264 - 0x202;
	if (protocol >= 0x0205)
		return 0x23c - 0x202;
	return 0x230 - 0x202;
}

void build_bzimage(struct buffer *buffer, const struct bzimage_spec *spec)
{
	uint8_t header_end = spec->header_end ? spec->header_end : header_end_of(spec->protocol);
	size_t setup_bytes = 512 * (size_t)((spec->setup_sectors ? spec->setup_sectors : 4) + 1);

	put_zeros(buffer, setup_bytes + spec->kernel_bytes);
	memset(buffer->data + setup_bytes, 0xcc, spec->kernel_bytes);
	poke(buffer, 0, 'M' | 'Z' << 8, 2);
	poke(buffer, 0x1f1, spec->setup_sectors, 1);
	poke(buffer, 0x1f4, spec->syssize, 4);
	poke(buffer, 0x1fe, 0xaa55, 2);
	poke(buffer, 0x200, 0xeb, 1);
	poke(buffer, 0x201, header_end, 1);
	memcpy(buffer->data + 0x202, "HdrS", 4);
	poke(buffer, 0x206, spec->protocol, 2);
	poke(buffer, 0x211, spec->loadflags, 1);
	poke(buffer, 0x214, spec->code32_start, 4);
	poke(buffer, 0x22c, spec->initrd_addr_max, 4);
	poke(buffer, 0x230, spec->alignment, 4);
	poke(buffer, 0x234, spec->relocatable, 1);
	poke(buffer, 0x236, spec->xloadflags, 2);
	poke(buffer, 0x238, spec->cmdline_size, 4);
	poke(buffer, 0x248, spec->payload_offset, 4);
	poke(buffer, 0x24c, spec->payload_length, 4);
	poke(buffer, 0x258, spec->pref_address, 8);
	poke(buffer, 0x260, spec->init_size, 4);
	if (spec->version) {
		poke(buffer, 0x20e, 0x100, 2);
		memcpy(buffer->data + 0x300, spec->version, strlen(spec->version) + 1);
	}
}

static void put_segment(struct buffer *buffer, const struct elf_segment *segment, bool is_64)
{
	Elf64_Phdr wide = {
		.p_type = segment->type,
		.p_flags = segment->flags,
		.p_offset = segment->file_offset,
		.p_vaddr = segment->vaddr,
		.p_paddr = segment->paddr,
		.p_filesz = segment->file_size,
		.p_memsz = segment->memory_size,
		.p_align = segment->align,
	};
	Elf32_Phdr narrow = {
		.p_type = segment->type,
		.p_flags = segment->flags,
		.p_offset = (Elf32_Off)segment->file_offset,
		.p_vaddr = (Elf32_Addr)segment->vaddr,
		.p_paddr = (Elf32_Addr)segment->paddr,
		.p_filesz = (Elf32_Word)segment->file_size,
		.p_memsz = (Elf32_Word)segment->memory_size,
		.p_align = (Elf32_Word)segment->align,
	};

	if (is_64)
		put(buffer, &wide, sizeof(wide));
	else
		put(buffer, &narrow, sizeof(narrow));
}

static void put_elf_header(struct buffer *buffer, const struct elf_spec *spec, uint64_t section_offset)
{
	uint16_t count = spec->count_in_section ? PN_XNUM : (uint16_t)spec->segment_count;
	unsigned char ident[EI_NIDENT] = { 0x7f, 'E', 'L', 'F', spec->is_64 ? ELFCLASS64 : ELFCLASS32,
					   ELFDATA2LSB, EV_CURRENT };
	Elf64_Ehdr wide = { .e_type = spec->type, .e_machine = spec->machine, .e_version = EV_CURRENT,
			    .e_entry = spec->entry, .e_phoff = sizeof(wide), .e_shoff = section_offset,
			    .e_ehsize = sizeof(wide), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = count,
			    .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = section_offset ? 1 : 0 };
	Elf32_Ehdr narrow = { .e_type = spec->type, .e_machine = spec->machine, .e_version = EV_CURRENT,
			      .e_entry = (Elf32_Addr)spec->entry, .e_phoff = sizeof(narrow),
			      .e_shoff = (Elf32_Off)section_offset, .e_ehsize = sizeof(narrow),
			      .e_phentsize = sizeof(Elf32_Phdr), .e_phnum = count,
			      .e_shentsize = sizeof(Elf32_Shdr), .e_shnum = section_offset ? 1 : 0 };

	memcpy(wide.e_ident, ident, sizeof(ident));
	memcpy(narrow.e_ident, ident, sizeof(ident));
	if (spec->is_64)
		put(buffer, &wide, sizeof(wide));
	else
		put(buffer, &narrow, sizeof(narrow));
}

void build_elf(struct buffer *buffer, const struct elf_spec *spec)
{
	size_t header_bytes = spec->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t entry_bytes = spec->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	size_t section_offset = header_bytes + spec->segment_count * entry_bytes;
	Elf64_Shdr wide = { .sh_info = (Elf64_Word)spec->segment_count };
	Elf32_Shdr narrow = { .sh_info = (Elf32_Word)spec->segment_count };

	put_elf_header(buffer, spec, spec->count_in_section ? section_offset : 0);
	for (size_t i = 0; i < spec->segment_count; i++)
		put_segment(buffer, &spec->segments[i], spec->is_64);
	if (spec->count_in_section && spec->is_64)
		put(buffer, &wide, sizeof(wide));
	if (spec->count_in_section && !spec->is_64)
		put(buffer, &narrow, sizeof(narrow));
}

char *make_folder(void)
{
	const char *below = getenv("TMPDIR");
	char *folder = xasprintf("%s/kexec-jump-test-XXXXXX", below && *below ? below : "/tmp");

	if (!mkdtemp(folder))
		die(folder);
	return folder;
}

void remove_folder(char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (rmdir(folder) < 0)
		die(folder);
	free(folder);
}

char *write_file(const char *folder, const char *name, struct bytes bytes)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");

	/* Nothing may have no address. */
	if (!file || (bytes.size && fwrite(bytes.data, 1, bytes.size, file) != bytes.size) || fclose(file) != 0)
		die(path);
	return path;
}

bool error_contains(struct error *error, const char *part)
{
	bool contains = error && strstr(error_text(error), part);

	if (!contains)
		printf("# \"%s\" expected, got %s\n", part, error ? error_text(error) : "no error");
	error_free(error);
	return contains;
}

bool no_error(struct error *error)
{
	bool none = !error;

	if (error)
		printf("# unexpected: %s\n", error_text(error));
	error_free(error);
	return none;
}

void put_file_below(const char *root, const char *path, const char *text)
{
	AUTO_FREE char *whole = xasprintf("%s%s", root, path);

	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}

	FILE *file = fopen(whole, "we");

	if (!file || fputs(text, file) < 0 || fclose(file))
		exit(2);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status, (void)type, (void)where;
	return remove(path);
}

void remove_tree(char *root)
{
	if (nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		exit(2);
	free(root);
}
