/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of file systems in a snapshot: written, read, compared. */
#include "lib/disk/filesystem_list.h"

#include <stdlib.h>

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static struct filesystem filesystem(const char *type, const char *uuid, const char *label, uint8_t digest)
{
	struct filesystem made = { .type = (char *)type, .uuid = (char *)uuid, .label = (char *)label,
				   .device = "/dev/vda1", .device_bytes = 1 << 20 };

	made.digest[0] = digest;
	return made;
}

static void add(struct filesystem_list *list, const char *type, const char *uuid, const char *label, uint8_t digest)
{
	struct filesystem one = filesystem(type, uuid, label, digest);

	filesystem_list_add(list, &one);
}

static void add_usual(struct filesystem_list *list)
{
	add(list, "ext4", "u-root", "root", 1);
	add(list, "vfat", "ABCD-1234", NULL, 2);
	add(list, "swap", NULL, NULL, 3);
}

static void test_note(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 }, again = { 0 };
	size_t size;

	add_usual(&list);
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);
	is_u64(size % 8, 0, "the note is made of whole words");
	ok(no_error(filesystem_list_parse((struct bytes){ desc, size }, "snapshot", &again)), "it can be read");
	is_u64(again.count, 3, "it has all of them");
	is_text(again.items[0].type, "ext4", "type");
	is_text(again.items[0].uuid, "u-root", "UUID");
	is_text(again.items[0].label, "root", "label");
	is_text(again.items[2].label, "", "no label");
	is_text(again.items[2].device, "/dev/vda1", "device");
	is_u64(again.items[1].device_bytes, 1 << 20, "size");
	is_u64(again.items[1].digest[0], 2, "digest");
}

static void compare(const struct filesystem_list *saved, const struct filesystem_list *found,
		    const char *changed_text, const char *missing_text, const char *name)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list changed = { 0 }, missing = { 0 };

	filesystem_list_compare(saved, found, &changed, &missing);
	AUTO_FREE char *changed_found = filesystem_list_text(&changed);
	AUTO_FREE char *missing_found = filesystem_list_text(&missing);
	is_text(changed_found, changed_text, "%s: what was written to", name);
	is_text(missing_found, missing_text, "%s: what is not there", name);
}

static void test_places(void)
{
	struct kjump_filesystem_place places[] = { { 4096, 1024, 0, 0 }, { UINT64_C(1) << 40, 512, 0, 0 } };
	struct filesystem data = filesystem("ext4", "u-data", "", 5);
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 }, again = { 0 };
	size_t size;

	add(&list, "LVM2_member", "u-pv", NULL, 4);
	data.places = places;
	data.place_count = 2;
	data.sub_uuid = "sub";
	data.flags = KJUMP_FILESYSTEM_UNWATCHED;
	filesystem_list_add(&list, &data);
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);
	ok(no_error(filesystem_list_parse((struct bytes){ desc, size }, "snapshot", &again)),
	   "a list with places can be read");
	is_u64(again.items[0].place_count, 0, "one has none");
	is_u64(again.items[1].place_count, 2, "the other has both");
	ok(!memcmp(again.items[1].places, places, sizeof(places)), "they are the same");
	is_text(again.items[1].sub_uuid, "sub", "sub-UUID");
	is_u64(again.items[1].flags, KJUMP_FILESYSTEM_UNWATCHED, "flags");
	for (uint32_t base = 1; base <= 2; base++) {
		AUTO_FILESYSTEM_LIST struct filesystem_list bad = { 0 };
		AUTO_FREE uint8_t *copy = NULL;

		list.items[1].places[1].base = base;
		copy = filesystem_list_build(&list, &size);
		ok(error_contains(filesystem_list_parse((struct bytes){ copy, size }, "snapshot", &bad), "is damaged"),
		   "a place on %s is refused", base == 1 ? "what has places itself" : "a record that is not there");
	}
}

/* What the saved kernel uses, with the digests that the saving one finds. */
static void test_take_digests(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 }, found = { 0 }, taken = { 0 };

	add(&used, "ext4", "u-root", "root", 0);
	add(&used, "xfs", "u-late", "late", 0);
	used.items[0].flags = KJUMP_FILESYSTEM_PLACES_ONLY;
	add(&found, "vfat", "u-stick", "stick", 8);
	add(&found, "ext4", "u-root", "root", 9);
	filesystem_list_take_digests(&used, &found, &taken);
	is_u64(taken.count, 2, "all that is used, and nothing else");
	is_u64(taken.items[0].digest[0], 9, "the digest of what is found");
	is_u64(taken.items[0].flags, KJUMP_FILESYSTEM_PLACES_ONLY, "flags stay");
	is_u64(taken.items[1].flags, KJUMP_FILESYSTEM_UNWATCHED, "what is not found is not watched");
	ok(filesystem_list_is_same(&used, &taken), "digests and flags do not make another list");
	ok(!filesystem_list_is_same(&used, &found), "other file systems do");
}

/* Two parts of one array have its UUID, and one of their own. */
static void test_parts_of_an_array(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 }, found = { 0 };
	struct filesystem one = filesystem("linux_raid_member", "u-array", "", 1), other = one;

	one.sub_uuid = "one";
	other.sub_uuid = "other";
	filesystem_list_add(&saved, &one);
	filesystem_list_add(&found, &other);
	compare(&saved, &found, "", "linux_raid_member on /dev/vda1", "another part of the same array");
}

static void test_empty_note(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 }, again = { 0 };
	size_t size;
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);

	ok(no_error(filesystem_list_parse((struct bytes){ desc, size }, "snapshot", &again)), "a list of nothing is a list");
	is_u64(again.count, 0, "it is empty");
}

/* Every shorter note is refused, and every byte that is not what it was does no harm. */
static void test_damaged_notes(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list list = { 0 };
	size_t size, refused = 0;

	add_usual(&list);
	AUTO_FREE uint8_t *desc = filesystem_list_build(&list, &size);
	for (size_t cut = 0; cut < size; cut++) {
		AUTO_FILESYSTEM_LIST struct filesystem_list again = { 0 };
		AUTO_FREE uint8_t *copy = exact_copy((struct bytes){ desc, cut });
		struct error *error = filesystem_list_parse((struct bytes){ copy, cut }, "snapshot", &again);

		refused += error && !again.count;
		error_free(error);
	}
	is_u64(refused, size, "a note cut off anywhere is refused");
	for (size_t at = 0; at < size; at++) {
		AUTO_FILESYSTEM_LIST struct filesystem_list again = { 0 };
		AUTO_FREE uint8_t *copy = exact_copy((struct bytes){ desc, size });

		copy[at] ^= 0xff;
		error_free(filesystem_list_parse((struct bytes){ copy, size }, "snapshot", &again));
	}
	desc[0] = 1;
	ok(error_contains(filesystem_list_parse((struct bytes){ desc, size }, "snapshot", &list),
			  "in snapshot has version 1, and this program knows 3: the snapshot was made by another version of kdump"),
	   "another version is refused: its digests are of other places");
}

static void test_compare(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 }, same = { 0 }, other = { 0 }, none = { 0 };

	add_usual(&saved);
	add(&same, "ext4", "u-new", "stick", 9);
	add(&same, "swap", "", "", 3);
	add(&same, "vfat", "ABCD-1234", "", 2);
	add(&same, "ext4", "u-root", "root", 1);
	compare(&saved, &same, "", "", "another order and one more");
	compare(&saved, &none, "", "ext4 \"root\" on /dev/vda1, vfat on /dev/vda1, swap on /dev/vda1", "nothing there");
	compare(&none, &same, "", "", "nothing saved");
	add(&other, "ext4", "u-root", "renamed", 7);
	add(&other, "swap", "", "", 4);
	compare(&saved, &other, "ext4 \"root\" on /dev/vda1, swap on /dev/vda1", "vfat on /dev/vda1",
		"new digests, one with a new label, one away");
}

static void test_size_tells_apart(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 }, found = { 0 };
	struct filesystem swap = filesystem("swap", "", "", 3);

	filesystem_list_add(&saved, &swap);
	swap.device_bytes *= 2;
	filesystem_list_add(&found, &swap);
	compare(&saved, &found, "", "swap on /dev/vda1", "another size");
}

/* Two with nothing to tell them apart: each saved one needs one of its own. */
static void test_twins(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 }, both = { 0 }, one_changed = { 0 }, one = { 0 };

	add(&saved, "swap", "", "", 1);
	add(&saved, "swap", "", "", 2);
	add(&both, "swap", "", "", 2);
	add(&both, "swap", "", "", 1);
	add(&one_changed, "swap", "", "", 3);
	add(&one_changed, "swap", "", "", 1);
	add(&one, "swap", "", "", 1);
	compare(&saved, &both, "", "", "twins in another order");
	compare(&saved, &one_changed, "swap on /dev/vda1", "", "twins, one written to");
	compare(&saved, &one, "", "swap on /dev/vda1", "twins, one away");
}

static void put_on(struct filesystem_list *list, const char *device, uint8_t digest, uint32_t flags)
{
	struct filesystem root = filesystem("ext4", "u-root", "root", digest);

	root.device = (char *)(uintptr_t)device;
	root.flags = flags;
	filesystem_list_add(list, &root);
}

static void clones(const struct filesystem_list *saved, const struct filesystem_list *found, const char *wanted,
		   const char *name)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list twins = { 0 };

	filesystem_list_twins(saved, found, &twins);
	AUTO_FREE char *text = filesystem_list_text(&twins);

	is_text(text, wanted, "%s", name);
}

/* A dd clone has the UUID of the original. */
static void test_clones(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list saved = { 0 }, equal = { 0 }, changed = { 0 }, alone = { 0 };

	put_on(&saved, "/dev/vda1", 1, 0);
	put_on(&equal, "/dev/vda1", 1, 0);
	put_on(&equal, "/dev/vdb1", 1, 0);
	clones(&saved, &equal, "", "a clone that was made since, and not used");
	put_on(&changed, "/dev/vda1", 2, 0);
	put_on(&changed, "/dev/vdb1", 1, 0);
	clones(&saved, &changed, "ext4 \"root\" on /dev/vda1, ext4 \"root\" on /dev/vdb1", "one of both was written to: both are named");
	put_on(&alone, "/dev/vda1", 2, 0);
	clones(&saved, &alone, "", "one alone that was written to is no twin");
	compare(&saved, &alone, "ext4 \"root\" on /dev/vda1", "", "but changed");
}

/* A clone that was there when the snapshot was made may differ, and may be away, but it must not change. */
static void test_older_clones(void)
{
	AUTO_FILESYSTEM_LIST struct filesystem_list used = { 0 }, found = { 0 }, saved = { 0 }, one = { 0 }, other = { 0 },
		changed = { 0 };

	put_on(&used, "/dev/vdb1", 0, 0);
	put_on(&found, "/dev/vda1", 1, 0);
	put_on(&found, "/dev/vdb1", 5, 0);
	add(&found, "vfat", "u-stick", "stick", 8);
	filesystem_list_take_digests(&used, &found, &saved);
	is_u64(saved.count, 2, "what has the UUID of a used one is noted, and nothing else");
	is_u64(saved.items[1].flags, KJUMP_FILESYSTEM_TWIN, "as its twin");
	is_u64(saved.items[1].digest[0], 1, "with a digest of its own");
	clones(&saved, &found, "", "both are as they were");
	compare(&saved, &found, "", "", "nothing was changed");
	put_on(&one, "/dev/vda1", 5, 0);
	clones(&saved, &one, "", "the other one is away");
	compare(&saved, &one, "", "", "that is no harm");
	put_on(&other, "/dev/vda1", 1, 0);
	compare(&saved, &other, "", "ext4 \"root\" on /dev/vdb1", "the used one is away");
	put_on(&changed, "/dev/vda1", 1, 0);
	put_on(&changed, "/dev/vdb1", 6, 0);
	clones(&saved, &changed, "ext4 \"root\" on /dev/vda1, ext4 \"root\" on /dev/vdb1", "one has changed: both are named");
}

static void test_names(void)
{
	struct filesystem root = filesystem("ext4", "u-root", "root", 1), bare = filesystem("swap", "", "", 1);

	ok(filesystem_is_called(&root, "u-root") && filesystem_is_called(&root, "root"), "by UUID and label");
	ok(filesystem_is_called(&root, "/dev/vda1") && filesystem_is_called(&root, "vda1"), "by device");
	ok(!filesystem_is_called(&root, "ext4") && !filesystem_is_called(&root, "vda"), "not by type or disk");
	ok(!filesystem_is_called(&bare, ""), "an empty name names nothing");
}

int main(void)
{
	test_note();
	test_places();
	test_take_digests();
	test_parts_of_an_array();
	test_empty_note();
	test_damaged_notes();
	test_compare();
	test_size_tells_apart();
	test_twins();
	test_clones();
	test_older_clones();
	test_names();
	return tap_done();
}
