/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/option_table.h"

#include "kexec/plan/request.h"
#include "lib/base/memory.h"

#define FLAG(name) offsetof(struct request, name)
#define XEN_ONLY "is not supported: it is for Xen's live update, and this program loads nothing by way of Xen"

#define OPTION(id_, name_, argument_, help_, ...) \
	{ .id = (id_), .name = (name_), .argument = (argument_), .help = (help_), __VA_ARGS__ }

const struct option_entry option_table[] = {
	OPTION('h', "help", NULL, "print this help", .actions = ACTION_HELP),
	OPTION('v', "version", NULL, "print the version", .actions = ACTION_VERSION),
	OPTION('d', "debug", NULL, "print what is done and why", .flag = FLAG(debug)),
	OPTION('l', "load", NULL, "load a kernel or program", .actions = ACTION_LOAD),
	OPTION('e', "exec", NULL, "jump to what is loaded, now; exits 0 when a jump comes back", .actions = ACTION_EXEC),
	OPTION('f', "force", NULL, "load and jump at once, without shutdown", .actions = ACTION_LOAD | ACTION_EXEC),
	OPTION('u', "unload", NULL, "unload what is loaded", .actions = ACTION_UNLOAD),
	OPTION('S', "status", NULL, "exit 1 if a crash kernel (with -l: something for -e) is loaded, 0 if not",
	       .actions = ACTION_STATUS),
	OPTION('p', "load-panic", NULL, "load a crash kernel: one to start when this one panics"),
	OPTION('t', "type", "TYPE", "the file is of this type (see below)"),
	OPTION('c', "kexec-syscall", NULL, "use kexec_load only"),
	OPTION('s', "kexec-file-syscall", NULL, "use kexec_file_load only"),
	OPTION('a', "kexec-syscall-auto", NULL, "kexec_file_load first, else kexec_load (default)"),
	OPTION('i', "no-checks", NULL, "load without a digest of what is loaded", .flag = FLAG(no_checks)),
	OPTION('x', "no-ifdown", NULL, "leave the network interfaces up", .flag = FLAG(no_ifdown)),
	OPTION('y', "no-sync", NULL, "do not sync file systems before the jump", .flag = FLAG(no_sync)),
	OPTION(OPT_MEM_MIN, "mem-min", "ADDRESS", "lowest physical address to load to (with a jump: of the window)"),
	OPTION(OPT_MEM_MAX, "mem-max", "ADDRESS", "highest physical address, itself included"),
	OPTION(OPT_CONFINE, "confine", NULL, "tell the new kernel of no other memory than that and low memory",
	       .flag = FLAG(confine)),
	OPTION(OPT_APPEND, "append", "TEXT", "command line of the new kernel"),
	OPTION(OPT_APPEND, "command-line", "TEXT", NULL),
	OPTION(OPT_REUSE_CMDLINE, "reuse-cmdline", NULL, "start from this kernel's command line",
	       .flag = FLAG(reuse_cmdline)),
	OPTION(OPT_INITRD, "initrd", "FILE", "initial ramdisk; several are put one behind the other"),
	OPTION(OPT_INITRD, "ramdisk", "FILE", NULL),
	OPTION(OPT_REUSE_INITRD, "reuseinitrd", NULL, "not supported on x86",
	       .refused = "is not supported on x86, nor was it in kexec-tools: give the file with --initrd"),
	OPTION(OPT_DTB, "dtb", "FILE", "flattened device tree for the new kernel"),
	OPTION(OPT_FORCE_DTB, "force-dtb", NULL, "pass on the device tree of this boot, if it had one",
	       .flag = FLAG(force_dtb)),
	OPTION(OPT_MODULE, "module", "TEXT", "multiboot: a module's file and its arguments; may be given several times"),
	OPTION(OPT_NO_EFI, "noefi", NULL, "tell the new kernel nothing of EFI", .flag = FLAG(no_efi)),
	OPTION(OPT_REUSE_VIDEO_TYPE, "reuse-video-type", NULL, "pass on the screen as it was at boot, whatever drives it now",
	       .flag = FLAG(reuse_video_type)),
	OPTION(OPT_PRESERVE_CONTEXT, "load-preserve-context", NULL,
	       "load a kernel or program to jump to with -e, keeping this kernel to come back to"),
	OPTION(OPT_PRESERVE_CONTEXT, "load-jump-back", NULL, NULL),
	OPTION(OPT_HELPER, "load-jump-back-helper", NULL, "in the kernel jumped to: load the way back, then -e"),
	OPTION('b', "jump-back", NULL, "in the kernel jumped to: load the way back if it is not loaded, and jump",
	       .actions = ACTION_EXEC, .flag = FLAG(jump_only)),
	OPTION('j', "jump", NULL, "the same as -e for a jump image: never touches the network", .actions = ACTION_EXEC,
	       .flag = FLAG(jump_only)),
	OPTION('n', NULL, NULL, "with -p and a window: the old spelling of --load-preserve-context"),
	OPTION(OPT_ENTRY, "entry", "ADDRESS", "physical address to enter a program or the kernel jumped from at"),
	OPTION(OPT_ENTRY_32BIT, "entry-32bit", NULL, "enter a bzImage in 32-bit mode (as -t bzImage)",
	       .flag = FLAG(entry_32bit)),
	OPTION(OPT_REAL_MODE, "real-mode", NULL, "enter a bzImage in real mode, through its setup code, which asks the BIOS",
	       .flag = FLAG(real_mode)),
	OPTION(OPT_ARGS_NONE, "args-none", NULL, "ELF: a plain program, entered with nothing"),
	OPTION(OPT_ARGS_LINUX, "args-linux", NULL, "ELF: a Linux kernel, gets boot parameters"),
	OPTION(OPT_ARGS_ELF, "args-elf", NULL, "ELF: gets ELF boot notes"),
	OPTION(OPT_CORE_HEADERS_32, "elf32-core-headers", NULL, "32-bit vmcore headers"),
	OPTION(OPT_CORE_HEADERS_64, "elf64-core-headers", NULL, "64-bit vmcore headers"),
	OPTION(OPT_PASS_MEMMAP_CMDLINE, "pass-memmap-cmdline", NULL, "crash kernel: its memory map on its command line, too",
	       .flag = FLAG(pass_memmap_cmdline)),
	OPTION(OPT_PRINT_CKR_SIZE, "print-ckr-size", NULL, "print the bytes reserved for a crash kernel",
	       .actions = ACTION_PRINT_REGION_SIZE),
	OPTION(OPT_HOTPLUG, "hotplug", NULL, "crash kernel: the kernel keeps it up to date when CPUs or memory come and go",
	       .flag = FLAG(hotplug)),
	OPTION(OPT_NO_CMA, "no-cma", NULL, "with kexec_file_load: not into contiguous (CMA) memory", .flag = FLAG(no_cma)),
	OPTION(OPT_LOAD_LIVE_UPDATE, "load-live-update", NULL, "not supported: for Xen live update", .refused = XEN_ONLY),
	OPTION(OPT_EXEC_LIVE_UPDATE, "exec-live-update", NULL, "not supported: for Xen live update", .refused = XEN_ONLY),
	OPTION(OPT_SERIAL, "serial", "PORT", "I/O port for messages before the new kernel (default 0x3f8)"),
	OPTION(OPT_SERIAL_BAUD, "serial-baud", "BAUD", "its speed (default: as it is set)"),
	OPTION(OPT_CONSOLE_SERIAL, "console-serial", NULL, "print such messages on the serial port",
	       .flag = FLAG(console_serial)),
	OPTION(OPT_CONSOLE_VGA, "console-vga", NULL, "print them on a VGA text screen", .flag = FLAG(console_vga)),
	OPTION(OPT_RESET_VGA, "reset-vga", NULL, "put a VGA card back into text mode before the new kernel",
	       .flag = FLAG(reset_vga)),
	OPTION(OPT_DRY_RUN, "dry-run", NULL, "print the whole plan and load nothing", .flag = FLAG(dry_run)),
	OPTION(OPT_ROOT, "root", "FOLDER", "with --dry-run: read /proc and /sys below this folder"),
};

const size_t option_table_count = ARRAY_COUNT(option_table);

const struct option_entry *option_find(int id)
{
	for (size_t i = 0; i < option_table_count; i++)
		if (option_table[i].id == id)
			return &option_table[i];
	return NULL;
}

void option_getopt_tables(char **ret_short, struct option **ret_long)
{
	char *shorts = xcalloc(2 * option_table_count + 2, 1);
	struct option *longs = xcalloc(option_table_count + 1, sizeof(*longs));

	*ret_short = shorts;
	*ret_long = longs;
	/* '+' is not used: options may follow the kernel's name. ':' asks for "missing argument". */
	*shorts++ = ':';
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option_entry *entry = &option_table[i];
		int has_argument = entry->argument ? required_argument : no_argument;

		if (entry->id < OPT_MEM_MIN) {
			*shorts++ = (char)entry->id;
			if (entry->argument)
				*shorts++ = ':';
		}
		if (entry->name)
			*longs++ = (struct option){ entry->name, has_argument, NULL, entry->id };
	}
}

static void print_entry(FILE *to, const struct option_entry *entry)
{
	char column[64];
	const char *assign = entry->argument ? "=" : "";
	const char *argument = entry->argument ? entry->argument : "";

	if (entry->id < OPT_MEM_MIN && entry->name)
		snprintf(column, sizeof(column), "-%c, --%s%s%s", entry->id, entry->name, assign, argument);
	else if (entry->name)
		snprintf(column, sizeof(column), "    --%s%s%s", entry->name, assign, argument);
	else
		snprintf(column, sizeof(column), "-%c", entry->id);
	fprintf(to, "  %-32s %s\n", column, entry->help ? entry->help : "the same");
}

void option_table_print(FILE *to)
{
	for (size_t i = 0; i < option_table_count; i++)
		print_entry(to, &option_table[i]);
}
