/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's log out of memory that is written as the kernel writes it, in each form, and damaged. */
#include "lib/core/kernel_log.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/core/linear_memory.h"
#include "tests/tap.h"
#include "tests/unit/core_builder.h"
#include "tests/unit/log_builder.h"

static const char *const form_names[LOG_FORM_COUNT] = {
	[LOG_CHARACTERS] = "before 3.5",
	[LOG_RECORDS_BEFORE_3_11] = "3.6 to 3.10",
	[LOG_RECORDS] = "3.11 to 5.9",
	[LOG_RING] = "from 5.10 on",
};

static uint64_t linear_of(bool is_64)
{
	return is_64 ? UINT64_C(0xffffffff82345000) : UINT64_C(0xc2345000);
}

static struct error *add_text(void *context, const struct log_record *record)
{
	AUTO_FREE char *text = log_record_text(record, false);

	put(context, text, strlen(text));
	return NULL;
}

/* All of the log as text; NULL, and the error's text in *ret_error, if it cannot be read. Heap. */
static char *text_of(struct log_builder *log, const char *vmcoreinfo, char **ret_error)
{
	AUTO_FREE char *own = log_vmcoreinfo(log);
	struct kernel_log_source source = { vmcoreinfo ? vmcoreinfo : own, log->is_64, log_memory_read, log };
	AUTO_BUFFER struct buffer text = { 0 };
	struct error *error = kernel_log_read(&source, add_text, &text);

	if (error) {
		if (ret_error)
			*ret_error = xstrdup(error_text(error));
		else
			diag("%s", error_text(error));
		error_free(error);
		return NULL;
	}
	put_zeros(&text, 1);
	return xstrdup((char *)text.data);
}

static void test_few(enum log_form form, bool is_64)
{
	AUTO_LOG struct log_builder log;

	log_begin(&log, form, is_64, linear_of(is_64));
	log_say(&log, 0, "Linux version 6.1");
	log_say(&log, 1234567890, "hello");
	log_say(&log, UINT64_C(98765432100000), "after a day");

	AUTO_FREE char *text = text_of(&log, NULL, NULL);

	is_text(text, "[    0.000000] Linux version 6.1\n[    1.234567] hello\n[98765.432100] after a day\n",
		"%s, %d bit", form_names[form], is_64 ? 64 : 32);
}

/* What must be left of messages 0 to `last` is the end of what was said, whole but for what had to go. */
static void test_wrapped(enum log_form form, bool is_64)
{
	AUTO_LOG struct log_builder log;
	AUTO_BUFFER struct buffer said = { 0 };
	struct random random = { 7 };
	bool right = true;

	log_begin(&log, form, is_64, linear_of(is_64));
	for (unsigned int i = 0; i < 400 && right; i++) {
		/* Of all lengths, so that records end everywhere in the rings; none is empty. */
		char padding[80] = "";
		memset(padding, 'a' + (int)(i % 26), random_below(&random, sizeof(padding) - 1));
		AUTO_FREE char *line = xasprintf("%u %s", i, padding);
		AUTO_FREE char *printed = xasprintf("[%5u.000000] %s\n", i, line);

		log_say(&log, i * UINT64_C(1000000000), line);
		put(&said, printed, strlen(printed));
		AUTO_FREE char *text = text_of(&log, NULL, NULL);
		size_t size = text ? strlen(text) : 0;

		/* Rings of 1 KiB and 16 descriptors hold about a dozen of these. */
		right = text && size >= strlen(printed) && size <= said.size && (i < 5 ? size == said.size : size > 250) &&
			!memcmp(said.data + said.size - size, text, size);
		if (!right)
			diag("after %u: \"%s\"", i, text ? text : "(null)");
	}
	ok(right, "%s, %d bit: 400 messages, of which the last are there", form_names[form], is_64 ? 64 : 32);
}

static void test_text(void)
{
	const struct bytes odd = { (const uint8_t *)"tab\tbell\a\x1b[31m\x7f\xc3\xa4\\\r", 19 };
	const struct bytes lines = { (const uint8_t *)"one\ntwo\n", 8 };
	AUTO_FREE char *escaped = log_record_text(&(struct log_record){ .has_time = true, .text = odd }, false);
	AUTO_FREE char *two = log_record_text(&(struct log_record){ .has_time = true, .time_ns = 5000, .text = lines }, false);
	AUTO_FREE char *thread = log_record_text(
		&(struct log_record){ .has_time = true, .has_caller = true, .caller = 7, .text = { lines.data, 3 } }, true);
	AUTO_FREE char *cpu = log_record_text(
		&(struct log_record){ .has_time = true, .has_caller = true, .caller = 0x80000001, .text = { lines.data, 3 } },
		true);
	AUTO_FREE char *nothing = log_record_text(&(struct log_record){ 0 }, true);

	is_text(escaped, "[    0.000000] tab\tbell\\x07\\x1b[31m\\x7f\\xc3\\xa4\\\\x0d\n", "what is not printable is escaped");
	is_text(two, "[    0.000005] one\n[    0.000005] two\n[    0.000005] \n", "each line has the time");
	is_text(thread, "[    0.000000][    T7] one\n", "a thread");
	is_text(cpu, "[    0.000000][    C1] one\n", "a CPU");
	is_text(nothing, "\n", "a record of nothing is an empty line");
}

static void test_ring_states(void)
{
	AUTO_LOG struct log_builder log;

	log_begin(&log, LOG_RING, true, linear_of(true));
	for (unsigned int state = 0; state < 4; state++) {
		AUTO_FREE char *line = xasprintf("state %u", state);

		log_say(&log, 0, line);
		log_set_state(&log, state);
	}
	log_say(&log, 0, "");
	log_say(&log, 0, "last");
	AUTO_FREE char *text = text_of(&log, NULL, NULL);

	is_text(text, "[    0.000000] state 1\n[    0.000000] state 2\n[    0.000000] \n[    0.000000] last\n",
		"what is not finished, or about to be overwritten, is left out; a record without text is not");
}

/* Linux 6.18 and newer let a block end with the ring; before, one that did so lay at its beginning. */
static void test_ring_end(void)
{
	AUTO_LOG struct log_builder log;

	log_begin(&log, LOG_RING, true, linear_of(true));
	log_say(&log, 0, "at the end");
	/* Its block: 8 bytes and the text, in the last 24 bytes. */
	poke(&log.memory, LOG_DESCS_AT + 8, (uint64_t)-24, 8);
	poke(&log.memory, LOG_DESCS_AT + 16, 0, 8);
	memmove(log.memory.data + LOG_MEMORY_BYTES - 24, log.memory.data + LOG_TEXT_AT, 24);
	memset(log.memory.data + LOG_TEXT_AT, 'x', 24);
	AUTO_FREE char *text = text_of(&log, NULL, NULL);

	is_text(text, "[    0.000000] at the end\n", "a block that ends with the ring");
}

/* Says what refuses a log whose memory or VMCOREINFO has been changed. */
static void refused(struct log_builder *log, const char *vmcoreinfo, const char *says, const char *what)
{
	AUTO_FREE char *message = NULL;
	AUTO_FREE char *text = text_of(log, vmcoreinfo, &message);

	if (!ok(!text && message && strstr(message, says), "%s", what))
		diag("%s", message ? message : text);
}

static void test_damaged(void)
{
	AUTO_LOG struct log_builder ring, records, characters;

	log_begin(&ring, LOG_RING, true, linear_of(true));
	log_begin(&records, LOG_RECORDS, true, linear_of(true));
	log_begin(&characters, LOG_CHARACTERS, false, linear_of(false));
	log_say(&ring, 0, "text");
	log_say(&records, 0, "text");
	log_say(&characters, 0, "text");

	refused(&ring, "", "does not name the kernel's log (the core has no VMCOREINFO)", "no VMCOREINFO");
	refused(&ring, "OSRELEASE=6.1\n", "does not name the kernel's log", "no log in VMCOREINFO");
	refused(&ring, "SYMBOL(prb)=ffffffff82345000\n", "VMCOREINFO has no SIZE(printk_ringbuffer)", "half of it");

	AUTO_FREE char *info = log_vmcoreinfo(&ring);
	AUTO_FREE char *wide = xasprintf("SIZE(printk_info)=99999\n%s", info);

	refused(&ring, wide, "the impossible SIZE(printk_info)=99999", "a struct of 99999 bytes");
	poke(&ring.memory, LOG_MAIN_AT, 40, 4);
	refused(&ring, NULL, "2^40 records", "2^40 records");
	poke(&ring.memory, LOG_MAIN_AT, 28, 4);
	refused(&ring, NULL, "log descriptors cannot have", "more descriptors than there is memory for");
	poke(&ring.memory, LOG_MAIN_AT, 10, 4);
	refused(&ring, NULL, "the kernel's log descriptors: no memory at", "descriptors beyond the memory");
	poke(&ring.memory, LOG_MAIN_AT, 4, 4);
	poke(&ring.memory, LOG_DESCS_AT + 8 + 8, 0x12345678, 8);
	AUTO_FREE char *cut = text_of(&ring, NULL, NULL);
	ok(cut && strlen(cut) < 40, "a block that ends elsewhere is not text beyond the ring");

	poke(&records.memory, LOG_TEXT_AT + 10, 0xffff, 2);
	refused(&records, NULL, "the log is damaged: a record at byte 0", "a record longer than the log");
	poke(&records.memory, LOG_TEXT_AT + 8, 0, 2);
	AUTO_FREE char *none = text_of(&records, NULL, NULL);
	is_text(none, "", "a log of nothing but its end");
	poke(&records.memory, 16, 0xffffffff, 4);
	refused(&records, NULL, "the kernel's log cannot have 4294967295 times 1 bytes", "a log of 4 GiB");
	poke(&characters.memory, 16, 0, 4);
	refused(&characters, NULL, "the kernel's log cannot have 0 times", "a log of no bytes");
}

static struct error *read_core(void *context, uint64_t linear, void *to, size_t size)
{
	return linear_memory_read(context, linear, to, size);
}

/* The log in a core: its variables where PT_LOADs show them, its text in vmalloc memory, two pages that lie apart. */
static void put_into_core(struct core_builder *core, const struct log_builder *log, uint64_t direct, uint64_t vmalloc)
{
	/* The pointer to the ring is a variable of the kernel's. */
	AUTO_FREE char *in_log = log_vmcoreinfo(log);
	AUTO_FREE char *info = xasprintf("SYMBOL(swapper_pg_dir)=%" PRIx64 "\nNUMBER(pgtable_l5_enabled)=0\n"
					 "SYMBOL(prb)=%" PRIx64 "%s",
					 direct + core->root_phys, direct + 0x3000, strchr(in_log, '\n'));

	core_note(core, "VMCOREINFO", 0, info, strlen(info));
	/* PT_LOADs that touch in the middle of the variables' page. */
	core_load(core, direct, 0, 0x9000);
	core_load(core, direct + 0x9000, 0x9000, 0x17000);
	core_write(core, 0x3000, log->memory.data, 8);
	core_write(core, 0x8000, log->memory.data, 0x1000);
	core_write(core, 0x5000, log->memory.data + 0x1000, LOG_MEMORY_BYTES - 0x1000);
	/* A file as long as its headers say. */
	core_write(core, 0x1f000, "", 1);
	core_map(core, vmalloc, 0x8000, false);
	core_map(core, vmalloc + 0x1000, 0x5000, false);
}

static void test_core(bool is_64)
{
	AUTO_LOG struct log_builder log;
	uint64_t direct = is_64 ? 0xffff888000000000 : 0xc0000000, vmalloc = is_64 ? 0xffffc90000010000 : 0xf8010000;
	AUTO_CORE struct core_builder core = { .arch = is_64 ? &arch_x86_64 : &arch_i386, .paging_levels = is_64 ? 4 : 2,
					       .root_phys = 0x10000, .next_table = 0x11000 };

	log_begin(&log, LOG_RING, is_64, vmalloc);
	log_say(&log, 0, "in a core");
	for (unsigned int i = 0; i < 30; i++)
		log_say(&log, 1000, "more");
	put_into_core(&core, &log, direct, vmalloc);

	char *folder = make_folder();
	AUTO_FREE char *path = xasprintf("%s/core", folder);
	AUTO_CORE_FILE struct core_file file = { 0 };
	AUTO_BUFFER struct buffer text = { 0 };
	struct linear_memory memory;

	core_write_file(&core, path);
	if (!ok(no_error(core_file_open(&file, path)) && no_error(linear_memory_init(&memory, &file, core.arch)),
		"a core with a log in vmalloc memory, %d bit", is_64 ? 64 : 32)) {
		remove_folder(folder);
		return;
	}
	struct kernel_log_source source = { file.vmcoreinfo, is_64, read_core, &memory };

	ok(no_error(kernel_log_read(&source, add_text, &text)) && text.size == 15 * strlen("[    0.000001] more\n"),
	   "is read through the kernel's page tables");
	uint8_t across[0x2000];
	ok(no_error(linear_memory_read(&memory, direct + 0x8000, across, sizeof(across))) &&
		   !memcmp(across, log.memory.data, 0x1000),
	   "and across two PT_LOADs that touch");
	ok(error_contains(linear_memory_read(&memory, vmalloc + 0x2000, across, 8), "maps nothing at"),
	   "what is not mapped is refused");
	remove_folder(folder);
}

int main(void)
{
	for (enum log_form form = 0; form < LOG_FORM_COUNT; form++) {
		for (int is_64 = 0; is_64 < 2; is_64++) {
			test_few(form, is_64);
			test_wrapped(form, is_64);
		}
	}
	test_text();
	test_ring_states();
	test_ring_end();
	test_damaged();
	test_core(true);
	test_core(false);
	return tap_done();
}
