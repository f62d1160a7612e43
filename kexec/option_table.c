/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/option_table.h"

#include <string.h>

#include "lib/base/alloc.h"

#define XEN_ONLY "is not supported: it is for Xen's live update, and this program loads nothing by way of Xen"

/* ---- functions, for entries that are more than a flag, a text or a list ------ */

/*
 * Of options that load and options that jump, a later one undoes what an earlier one asked for and it does not ask
 * for itself: "-f -l" only loads, "-l -e" only jumps. Scripts put one behind the other and count on that, as in
 * kexec-tools; tests/cli/actions-table has all pairs. The exception is the way back, which is loaded for the jump.
 */
static void take_actions(struct request *request, unsigned int actions)
{
	unsigned int undone = actions & ACTION_LOAD ? ACTION_EXEC : ACTION_LOAD;

	if (request->kind == LOAD_JUMP_BACK_HELPER)
		undone &= ~(unsigned int)ACTION_LOAD;
	request->actions = (request->actions & ~undone) | actions;
}

static struct error *set_actions(const struct option_entry *entry, const char *nothing)
{
	(void)nothing;
	take_actions(entry->context, (unsigned int)entry->value);
	return NULL;
}

/* -S undoes no action. */
static struct error *set_status(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;

	(void)nothing;
	request->actions |= ACTION_STATUS;
	return NULL;
}

/* It goes with no other action (request.c). */
static struct error *set_save_asleep(const struct option_entry *entry, const char *path)
{
	struct request *request = entry->context;

	(void)path;
	request->actions |= ACTION_SAVE_ASLEEP;
	return NULL;
}

static struct error *set_load(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;
	enum load_kind kind = (enum load_kind)entry->value;

	(void)nothing;
	take_actions(request, ACTION_LOAD);
	/* "-n -p" is the old spelling of a jump. */
	if (kind != LOAD_PANIC || !request->old_jump)
		request->kind = kind;
	return NULL;
}

static struct error *set_jump_back(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;

	set_load(entry, nothing);
	request->actions |= ACTION_EXEC;
	return NULL;
}

static struct error *set_call(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;

	(void)nothing;
	request->call = (enum load_call)entry->value;
	return NULL;
}

static struct error *set_args(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;

	(void)nothing;
	request->args = (enum args_style)entry->value;
	return NULL;
}

static struct error *set_core_header_bits(const struct option_entry *entry, const char *nothing)
{
	struct request *request = entry->context;

	(void)nothing;
	request->core_header_bits = entry->value;
	return NULL;
}

/* A second one would silently replace the first. */
static struct error *set_bound(const struct option_entry *entry, const char *text, bool *is_set, uint64_t *ret_value)
{
	if (*is_set)
		return error_new("--%s was given twice", entry->name);
	*is_set = true;
	return option_number(entry, text, UINT64_MAX, ret_value);
}

static struct error *set_mem_min(const struct option_entry *entry, const char *text)
{
	struct request *request = entry->context;

	return set_bound(entry, text, &request->has_mem_min, &request->mem_min);
}

static struct error *set_mem_max(const struct option_entry *entry, const char *text)
{
	struct request *request = entry->context;

	return set_bound(entry, text, &request->has_mem_max, &request->mem_max);
}

/* A port number, or ttyS0 and ttyS1 (kexec-tools takes numbers only). */
static struct error *set_serial(const struct option_entry *entry, const char *text)
{
	struct request *request = entry->context;
	uint64_t port;
	struct error *error = NULL;

	if (!strcmp(text, "ttyS0"))
		port = 0x3f8;
	else if (!strcmp(text, "ttyS1"))
		port = 0x2f8;
	else
		error = option_number(entry, text, UINT16_MAX, &port);
	if (!error)
		request->serial_port = (uint16_t)port;
	return error;
}

static struct error *set_serial_baud(const struct option_entry *entry, const char *text)
{
	struct request *request = entry->context;
	uint64_t baud;
	struct error *error = option_number(entry, text, 4000000, &baud);

	if (!error)
		request->serial_baud = (uint32_t)baud;
	return error;
}

/* ---- the table, in the order of --help --------------------------------------- */

/* The fields of an entry with a function. */
#define BY(function, value_) .apply = (function), .context = request, .value = (value_)

static void add_entries(struct option_table *table, const struct option_entry *entries, size_t count)
{
	table->entries = xgrow(table->entries, &table->capacity, table->count + count, sizeof(*table->entries));
	memcpy(table->entries + table->count, entries, count * sizeof(*entries));
	table->count += count;
}

static void add_actions(struct option_table *table, struct request *request)
{
	const struct option_entry entries[] = {
		OPTION_HELP,
		OPTION_VERSION('v'),
		{ 'd', "debug", NULL, "print the plan, and which system call is used and why", .flag = &request->debug },
		{ 'l', "load", NULL, "load a kernel or program", .flag = &request->load_given,
		  BY(set_actions, ACTION_LOAD) },
		{ 'e', "exec", NULL, "jump to the loaded kernel or program, now; exits 0 when a jump comes back",
		  BY(set_actions, ACTION_EXEC) },
		{ 'f', "force", NULL, "load and jump at once, without shutdown", BY(set_actions, ACTION_LOAD | ACTION_EXEC) },
		{ 'u', "unload", NULL, "unload the loaded kernel or program", BY(set_actions, ACTION_UNLOAD) },
		{ 'S', "status", NULL, "exit 1 if a crash kernel (with -l: something for -e) is loaded, 0 if not",
		  BY(set_status, 0) },
		{ 'p', "load-panic", NULL, "load a crash kernel: one to start when this one panics", BY(set_load, LOAD_PANIC) },
		{ 't', "type", "TYPE", "the file is of this type (see below)", .text = &request->type, .once = true },
		{ 'c', "kexec-syscall", NULL, "use kexec_load only", BY(set_call, CALL_KEXEC_LOAD) },
		{ 's', "kexec-file-syscall", NULL, "use kexec_file_load only", BY(set_call, CALL_KEXEC_FILE_LOAD) },
		{ 'a', "kexec-syscall-auto", NULL, "kexec_file_load first, else kexec_load (default)",
		  BY(set_call, CALL_AUTO) },
		{ 'i', "no-checks", NULL, "load without a digest of the segments", .flag = &request->no_checks },
		{ 'x', "no-ifdown", NULL, "leave the network interfaces up", .flag = &request->no_ifdown },
		{ 'y', "no-sync", NULL, "do not sync file systems before the jump", .flag = &request->no_sync },
	};

	add_entries(table, entries, ARRAY_COUNT(entries));
}

/* The parts of a load, their addresses, and the kernel's inputs. */
static void add_parts(struct option_table *table, struct request *request)
{
	const struct option_entry entries[] = {
		{ 0, "mem-min", "ADDRESS", "lowest physical address to load to (with a jump: of the window)", BY(set_mem_min, 0) },
		{ 0, "mem-max", "ADDRESS", "highest physical address, itself included", BY(set_mem_max, 0) },
		{ 0, "confine", NULL, "pass the new kernel no memory but that and low memory",
		  .flag = &request->confine },
		{ 0, "append", "TEXT", "command line of the new kernel", .text = &request->append, .once = true },
		{ 0, "command-line", "TEXT", NULL, .text = &request->append, .once = true },
		{ 0, "reuse-cmdline", NULL, "start from this kernel's command line", .flag = &request->reuse_cmdline },
		{ 0, "initrd", "FILE", "initial ramdisk; several are put one behind the other", .list = &request->initrds },
		{ 0, "ramdisk", "FILE", NULL, .list = &request->initrds },
		{ 0, "reuseinitrd", NULL, "not supported on x86",
		  .refused = "is not supported on x86, nor was it in kexec-tools: give the file with --initrd" },
		{ 0, "dtb", "FILE", "flattened device tree for the new kernel", .text = &request->dtb, .once = true },
		{ 0, "force-dtb", NULL, "pass on the device tree of this boot, if it had one", .flag = &request->force_dtb },
		{ 0, "module", "TEXT", "multiboot: a module's file and its arguments; may be given several times",
		  .list = &request->modules },
		{ 0, "noefi", NULL, "do not pass EFI to the new kernel", .flag = &request->no_efi },
		{ 0, "reuse-video-type", NULL, "pass on the screen as it was at boot, whatever drives it now",
		  .flag = &request->reuse_video_type },
	};

	add_entries(table, entries, ARRAY_COUNT(entries));
}

/* Jumps, and the ways to enter a kernel or program. */
static void add_jumps(struct option_table *table, struct request *request)
{
	const struct option_entry entries[] = {
		{ 0, "load-preserve-context", NULL,
		  "load a kernel or program to jump to with -e, keeping this kernel to come back to",
		  BY(set_load, LOAD_PRESERVE_CONTEXT) },
		{ 0, "lose-devices", NULL, "jump although this kernel has devices that do not come back",
		  .flag = &request->lose_devices },
		{ 0, "load-jump-back", NULL, NULL, BY(set_load, LOAD_PRESERVE_CONTEXT) },
		{ 0, "load-jump-back-helper", NULL, "in the kernel jumped to: load the way back, then -e",
		  BY(set_load, LOAD_JUMP_BACK_HELPER) },
		{ 'b', "jump-back", NULL, "in the kernel jumped to: load the way back if it is not loaded, and jump",
		  .flag = &request->jump_only, BY(set_jump_back, LOAD_JUMP_BACK_HELPER) },
		{ 'j', "jump", NULL, "the same as -e for a jump image: never touches the network",
		  .flag = &request->jump_only, BY(set_actions, ACTION_EXEC) },
		{ 0, "save-asleep", "FILE",
		  "in A, after a jump back: write B, which sleeps, to a file that a later boot can wake",
		  .text = &request->save_asleep, .once = true, BY(set_save_asleep, 0) },
		{ 'n', NULL, NULL, "with -p and a window: the old spelling of --load-preserve-context",
		  .flag = &request->old_jump, BY(set_load, LOAD_PRESERVE_CONTEXT) },
		{ 0, "entry", "ADDRESS", "physical address to enter a program or the kernel jumped from at",
		  .text = &request->entry, .once = true },
		{ 0, "entry-32bit", NULL, "enter a bzImage in 32-bit mode (as -t bzImage)", .flag = &request->entry_32bit },
		{ 0, "real-mode", NULL, "enter a bzImage in real mode, through its setup code, which asks the BIOS",
		  .flag = &request->real_mode },
		{ 0, "args-none", NULL, "ELF: a plain program, entered with nothing", BY(set_args, ARGS_NONE) },
		{ 0, "args-linux", NULL, "ELF: a Linux kernel, gets boot parameters", BY(set_args, ARGS_LINUX) },
		{ 0, "args-elf", NULL, "ELF: gets ELF boot notes", BY(set_args, ARGS_ELF) },
	};

	add_entries(table, entries, ARRAY_COUNT(entries));
}

static void add_crash_kernels(struct option_table *table, struct request *request)
{
	const struct option_entry entries[] = {
		{ 0, "elf32-core-headers", NULL, "32-bit vmcore headers", BY(set_core_header_bits, 32) },
		{ 0, "elf64-core-headers", NULL, "64-bit vmcore headers", BY(set_core_header_bits, 64) },
		{ 0, "pass-memmap-cmdline", NULL, "crash kernel: its memory map on its command line, too",
		  .flag = &request->pass_memmap_cmdline },
		{ 0, "print-ckr-size", NULL, "print the bytes reserved for a crash kernel",
		  .asks = OPTION_ASKS_FACT },
		{ 0, "hotplug", NULL, "crash kernel: the kernel keeps it up to date when CPUs or memory come and go",
		  .flag = &request->hotplug },
		{ 0, "no-cma", NULL, "with kexec_file_load: not into contiguous (CMA) memory", .flag = &request->no_cma },
		{ 0, "load-live-update", NULL, "not supported: for Xen live update", .refused = XEN_ONLY },
		{ 0, "exec-live-update", NULL, "not supported: for Xen live update", .refused = XEN_ONLY },
	};

	add_entries(table, entries, ARRAY_COUNT(entries));
}

/* Messages between the two kernels, and plans that are only printed. */
static void add_messages(struct option_table *table, struct request *request)
{
	const struct option_entry entries[] = {
		{ 0, "serial", "PORT", "I/O port for messages before the new kernel (default 0x3f8)", BY(set_serial, 0) },
		{ 0, "serial-baud", "BAUD", "its speed (default: as it is set)", BY(set_serial_baud, 0) },
		{ 0, "console-serial", NULL, "print such messages on the serial port", .flag = &request->console_serial },
		{ 0, "console-vga", NULL, "print them on a VGA text screen", .flag = &request->console_vga },
		{ 0, "reset-vga", NULL, "put a VGA card back into text mode before the new kernel",
		  .flag = &request->reset_vga },
		{ 0, "dry-run", NULL, "print the whole plan and load nothing", .flag = &request->dry_run },
		{ 0, "root", "FOLDER", "with --dry-run: read /proc and /sys below this folder", .text = &request->root },
	};

	add_entries(table, entries, ARRAY_COUNT(entries));
}

void option_table_init(struct option_table *table, struct request *request)
{
	*table = (struct option_table){ 0 };
	add_actions(table, request);
	add_parts(table, request);
	add_jumps(table, request);
	add_crash_kernels(table, request);
	add_messages(table, request);
}

void option_table_deinit(struct option_table *table)
{
	free(table->entries);
	*table = (struct option_table){ 0 };
}
