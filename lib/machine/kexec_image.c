/* SPDX-License-Identifier: GPL-2.0-only */
#include "lib/machine/kexec_image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/alloc.h"
#include "lib/core/linear_memory.h"
#include "lib/machine/kernel_symbols.h"

/* include/linux/kexec.h */
#define IND_DESTINATION 0x1
#define IND_INDIRECTION 0x2
#define IND_DONE 0x4
#define IND_SOURCE 0x8

/* The first words of struct kimage; between them are two pointers into the list. */
#define KIMAGE_HEAD_WORD 0
#define KIMAGE_START_WORD 3
#define KIMAGE_WORDS 4

/* No list of a real machine has more pages: on x86_64 these are for 64 GiB. */
#define LIST_PAGES_MAX (UINT64_C(1) << 15)

static size_t word_bytes(const struct arch *arch)
{
	return arch->is_64 ? 8 : 4;
}

static uint64_t word_at(const struct arch *arch, const uint8_t *words, size_t index)
{
	return arch->is_64 ? load_u64(words + index * 8) : load_u32(words + index * 4);
}

/* `words` has room for KIMAGE_WORDS of 8 bytes. */
static struct error *read_kimage(const struct linear_memory *memory, const struct arch *arch, uint64_t symbol,
				 uint8_t *words)
{
	uint64_t kimage = 0;
	struct error *error = linear_memory_read(memory, symbol, &kimage, word_bytes(arch));

	if (!error && !kimage)
		return error_new("nothing is loaded: a kernel sleeps after --load-preserve-context, -e, and a jump back");
	if (!error)
		error = linear_memory_read(memory, kimage, words, KIMAGE_WORDS * word_bytes(arch));
	return error;
}

static struct error *read_symbol(const char *root, uint64_t *ret_linear)
{
	struct kernel_symbol symbol = { "kexec_image", UINT64_MAX };
	struct error *error = kernel_symbols_read(root, &symbol, 1);

	if (!error && symbol.linear == UINT64_MAX)
		return error_new("this kernel does not show where its kexec image is: /proc/kallsyms has no kexec_image "
				 "(CONFIG_KALLSYMS_ALL)");
	if (!error && !symbol.linear)
		return error_new("this kernel does not show where its kexec image is: /proc/kallsyms shows no addresses "
				 "(kernel.kptr_restrict)");
	*ret_linear = symbol.linear;
	return error;
}

/* One pass over the list. */
struct walk {
	struct kexec_image *image;
	uint64_t next;   /* where the next source page belongs */
	bool has_next;   /* there was a destination */
	bool is_done;
	uint64_t follow; /* the next page of the list; 0: none */
};

static struct error *unexpected(const char *what)
{
	return error_new("the kernel's list of its kexec image is not as expected (%s)", what);
}

static struct error *take_entry(struct walk *walk, uint64_t entry)
{
	struct kexec_image *image = walk->image;
	uint64_t page = entry & ~(uint64_t)(PAGE_SIZE_BYTES - 1);

	walk->follow = 0;
	switch (entry & (PAGE_SIZE_BYTES - 1)) {
	case IND_DESTINATION:
		walk->next = page;
		walk->has_next = true;
		return NULL;
	case IND_INDIRECTION:
		walk->follow = page;
		return NULL;
	case IND_SOURCE:
		if (!walk->has_next)
			return unexpected("a source without a destination");
		image->pages = xgrow(image->pages, &image->capacity, image->count + 1, sizeof(*image->pages));
		image->pages[image->count++] = (struct kexec_page){ walk->next, page };
		walk->next += PAGE_SIZE_BYTES;
		return NULL;
	default:
		walk->is_done = !entry || (entry & IND_DONE);
		return walk->is_done ? NULL : unexpected("an entry of an unknown kind");
	}
}

/* Takes the entries of one page of the list, until one leads elsewhere. */
static struct error *take_page(struct walk *walk, uint64_t phys)
{
	const struct arch *arch = walk->image->arch;
	uint8_t words[PAGE_SIZE_BYTES];
	struct error *error = core_file_read_phys(&walk->image->kcore, phys, words, sizeof(words));

	for (size_t i = 0; !error && i < sizeof(words) / word_bytes(arch); i++) {
		error = take_entry(walk, word_at(arch, words, i));
		if (walk->is_done || walk->follow)
			return error;
	}
	return error ? error : unexpected("a page of it has no end");
}

static int by_memory(const void *a, const void *b)
{
	const struct kexec_page *left = a, *right = b;

	return (left->memory > right->memory) - (left->memory < right->memory);
}

static struct error *read_list(struct kexec_image *image, uint64_t head)
{
	struct walk walk = { .image = image };
	struct error *error = take_entry(&walk, head);

	for (uint64_t pages = 0; !error && !walk.is_done && walk.follow; pages++)
		error = pages == LIST_PAGES_MAX ? unexpected("it has no end") : take_page(&walk, walk.follow);
	if (!error && !image->count)
		error = unexpected("it is empty");
	if (!error)
		qsort(image->pages, image->count, sizeof(*image->pages), by_memory);
	for (size_t i = 1; !error && i < image->count; i++)
		if (image->pages[i].memory == image->pages[i - 1].memory)
			error = unexpected("two pages for one place");
	return error;
}

static struct error *read_all(struct kexec_image *image, const char *root)
{
	uint8_t words[KIMAGE_WORDS * 8];
	struct linear_memory memory;
	uint64_t symbol;
	struct error *error = read_symbol(root, &symbol);

	if (error)
		return error;
	/* Without page tables the kernel's data and its direct map can be read, where both are. */
	error_free(linear_memory_init(&memory, &image->kcore, image->arch));
	error = read_kimage(&memory, image->arch, symbol, words);
	if (error)
		return error;
	image->start = word_at(image->arch, words, KIMAGE_START_WORD);
	return read_list(image, word_at(image->arch, words, KIMAGE_HEAD_WORD));
}

struct error *kexec_image_init(struct kexec_image *image, const char *root, const struct arch *arch)
{
	struct error *error;

	*image = (struct kexec_image){ .arch = arch };
	error = core_file_init(&image->kcore, root, "/proc/kcore");
	if (error && error_errno_value(error) == ENOENT)
		return error_prefix(error, "the kexec image cannot be read (CONFIG_PROC_KCORE)");
	if (error)
		return error_prefix(error, "the kexec image cannot be read (it takes root, and no lockdown)");
	error = read_all(image, root);
	if (error)
		kexec_image_deinit(image);
	return error;
}

void kexec_image_deinit(struct kexec_image *image)
{
	core_file_deinit(&image->kcore);
	free(image->pages);
	*image = (struct kexec_image){ 0 };
}

struct error *kexec_image_read_page(const struct kexec_image *image, const struct kexec_page *page, void *to)
{
	struct error *error = core_file_read_phys(&image->kcore, page->source, to, PAGE_SIZE_BYTES);

	return error_prefix(error, "page 0x%" PRIx64 " of the kexec image%s", page->memory,
			    image->arch->is_64 ? "" : " (in high memory it cannot be read)");
}

struct error *kexec_image_read(const struct kexec_image *image, uint64_t phys, void *to, size_t size)
{
	uint8_t content[PAGE_SIZE_BYTES], *at = to;

	while (size) {
		const struct kexec_page key = { .memory = address_align_down(phys, PAGE_SIZE_BYTES) };
		const struct kexec_page *page =
			bsearch(&key, image->pages, image->count, sizeof(*image->pages), by_memory);
		size_t offset = (size_t)(phys - key.memory);
		size_t part = PAGE_SIZE_BYTES - offset < size ? (size_t)(PAGE_SIZE_BYTES - offset) : size;
		struct error *error = page ? kexec_image_read_page(image, page, content) :
					     error_new("0x%" PRIx64 " is not in the kexec image", phys);

		if (error)
			return error;
		memcpy(at, content + offset, part);
		at += part;
		phys += part;
		size -= part;
	}
	return NULL;
}

void kexec_image_memory(const struct kexec_image *image, struct span_set *ret_set)
{
	for (size_t i = 0, next; i < image->count; i = next) {
		next = i + 1;
		while (next < image->count &&
		       image->pages[next].memory == image->pages[next - 1].memory + PAGE_SIZE_BYTES)
			next++;
		span_set_add(ret_set, (struct span){ image->pages[i].memory,
						     image->pages[next - 1].memory + PAGE_SIZE_BYTES });
	}
}
