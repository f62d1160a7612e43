/* SPDX-License-Identifier: GPL-2.0-only */
/* khibernate(8): sets hibernation up, does it, and undoes it; one table of commands. */
#include "hibernate/khibernate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/fs.h>

#include "config.h"
#include "hibernate/mailbox.h"
#include "hibernate/platform_off.h"
#include "lib/base/memory.h"
#include "lib/base/standard_streams.h"
#include "lib/core/core_file.h"
#include "lib/core/jump_note.h"
#include "lib/disk/device_name.h"
#include "lib/machine/machine.h"

void invocation_deinit(struct invocation *invocation)
{
	khibernate_config_deinit(&invocation->config);
}

struct error *invocation_device(const struct invocation *invocation, char **ret_path)
{
	if (*invocation->config.device)
		return device_name_find(invocation->config.device, ret_path);
	if (invocation->has_config)
		return error_new("%s names no device", invocation->config_path);
	return error_new("there is no %s: run \"khibernate setup --device=...\" first", invocation->config_path);
}

struct error *look_afresh(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "cannot open %s", path);
	ioctl(fd, BLKFLSBUF);
	close(fd);
	return khimage_look(path, ret_superblock, ret_damaged);
}

struct error *look_at_image(const char *path, struct khimage_superblock *ret_superblock, bool *ret_damaged)
{
	struct khimage_superblock superblock;
	struct error *error = look_afresh(path, &superblock, ret_damaged);

	if (error)
		return error;
	if (!superblock.state)
		return error_new("%s is no khimage; \"khibernate setup --device=%s\" makes it one", path, path);
	*ret_superblock = superblock;
	return NULL;
}

char *time_text(uint64_t seconds)
{
	char text[32];
	time_t when = (time_t)seconds;
	struct tm parts;

	if (!localtime_r(&when, &parts) || !strftime(text, sizeof(text), "%F %T", &parts))
		return xasprintf("%" PRIu64, seconds);
	return xstrdup(text);
}

/* ---- the small commands ------------------------------------------------------ */

static const char *state_meaning(uint32_t state)
{
	switch (state) {
	case KHIMAGE_EMPTY:
		return ": there is no image";
	case KHIMAGE_WRITING:
		return ": saving was interrupted, there is no image";
	case KHIMAGE_COMMITTED:
		return ": the next boot resumes it";
	case KHIMAGE_USED:
		return ": it was resumed, and is not any more";
	default:
		return "";
	}
}

/* What keeps a committed image from being restored, as far as its beginning tells; NULL if nothing does. Heap. */
static char *damage_of(const char *device, uint32_t state)
{
	AUTO_KHIMAGE struct khimage image = { 0 };
	struct error *error = state == KHIMAGE_COMMITTED ? khimage_open(&image, device) : NULL;
	char *text = error ? xstrdup(error_text(error)) : NULL;

	error_free(error);
	return text;
}

static struct error *print_status(struct invocation *invocation)
{
	struct khimage_superblock superblock = { 0 };
	bool slot_damaged = false;
	AUTO_FREE char *device = NULL;
	struct error *error = invocation_device(invocation, &device);

	if (!error)
		error = look_at_image(device, &superblock, &slot_damaged);
	if (error)
		return error;

	AUTO_FREE char *damage = damage_of(device, superblock.state);

	printf("device      %s\n", device);
	printf("state       %s%s\n", khimage_state_name(superblock.state),
	       damage ? ": the next boot gives it up, for it is damaged" : state_meaning(superblock.state));
	/* Of one that was given up its number is all that is left. */
	if (superblock.created) {
		AUTO_FREE char *when = time_text(superblock.created);

		printf("image       %" PRIu64 ", of %s\n", superblock.generation, when);
	}
	if (superblock.attempts)
		printf("attempts    %" PRIu64 " times a kernel was started to restore it\n", superblock.attempts);
	if (slot_damaged)
		printf("superblock  one of the two is damaged; the other one counts\n");
	if (damage)
		printf("damage      %s\n", damage);
	return NULL;
}

static struct error *cancel(struct invocation *invocation)
{
	struct khimage_superblock superblock = { 0 };
	AUTO_FREE char *device = NULL;
	struct error *error = invocation_device(invocation, &device);

	if (!error)
		error = look_at_image(device, &superblock, NULL);
	if (!error && superblock.state != KHIMAGE_COMMITTED)
		return error_new("%s holds no image that would be resumed (its state is \"%s\")", device,
				 khimage_state_name(superblock.state));
	if (!error)
		error = khimage_set_state(device, KHIMAGE_EMPTY);
	if (!error)
		printf("the image on %s is given up\n", device);
	return error;
}

/* ---- commands for the initramfs ---------------------------------------------- */

/* In B: tells A why it comes back. */
static struct error *report(const char *text)
{
	AUTO_CORE_FILE struct core_file vmcore = { 0 };
	AUTO_JUMP_NOTE struct jump_note note = { 0 };
	AUTO_FREE char *cmdline = NULL;
	struct error *error = machine_cmdline("/", &cmdline);

	if (!error)
		error = core_file_init(&vmcore, "/", "/proc/vmcore");
	if (!error)
		error = jump_note_find(&vmcore, &note);
	return error ? error : mailbox_report(cmdline, &note.memory, text);
}

static struct error *print_device(const char *spec)
{
	AUTO_FREE char *path = NULL;
	struct error *error = device_name_find(spec, &path);

	if (!error)
		puts(path);
	return error;
}

static struct error *power_off(const char *nothing)
{
	(void)nothing;
	return platform_off();
}

/* ---- the command line -------------------------------------------------------- */

struct command {
	const char *name;
	const char *help;
	const char *switches; /* the options without a value that it takes; NULL for none */
	struct error *(*run)(struct invocation *invocation); /* NULL: run_one instead */
	struct error *(*run_one)(const char *argument);
	const char *argument; /* what run_one takes, NULL for nothing */
};

static const struct command commands[] = {
	{ "setup", "check this machine, make a device an empty image, write the configuration", "--overwrite", .run = khibernate_setup },
	{ "hibernate", "save this kernel's memory and switch off; exits 0 when it is resumed", "--force", .run = khibernate_hibernate },
	{ "status", "print the state of the image", .run = print_status },
	{ "cancel", "give an image up that was not resumed", .run = cancel },
	{ "resume", "start the kernel that restores the image", "--boot --force", .run = khibernate_resume },
	{ "device", "print the path of a device: 8:3, PARTUUID=..., LABEL=...", .run_one = print_device, .argument = "NAME" },
	{ "report", "in the saving kernel: tell the other one why it was not saved", .run_one = report, .argument = "TEXT" },
	{ "power-off", "switch the machine off by the firmware's sleep state S4", .run_one = power_off },
};

static void print_help(void)
{
	puts("Usage: khibernate COMMAND [OPTION]...\n"
	     "Hibernation by kexec: memory is saved by a second kernel, the machine is switched off,\n"
	     "and a later boot puts the memory back.\n");
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
		printf("  %-11s %s\n", commands[i].name, commands[i].help);
	puts("\n  --config=FILE     the configuration (default: " KHIBERNATE_CONFIG_PATH ")\n"
	     "  --device=DEVICE   and --kernel, --initrd, --append, --window, --exclude, --compress, --power:\n"
	     "                    in place of what the configuration says\n"
	     "  --overwrite       setup: whatever is on the device\n"
	     "  --boot            resume, in an initramfs: it is no error if there is no image\n"
	     "  --force           resume: even though file systems are mounted; hibernate: even though\n"
	     "                    noresume is on this kernel's command line\n"
	     "  --help, -h        print this help\n"
	     "  --version, -V     print the version");
}

static bool print_help_if_asked(const char *option)
{
	if (strcmp(option, "--help") != 0 && strcmp(option, "-h") != 0)
		return false;
	print_help();
	return true;
}

static struct error *apply_switch(const struct command *command, const char *option, bool *ret_switch)
{
	if (!command->switches || !strstr(command->switches, option))
		return error_new("%s takes no %s; see --help", command->name, option);
	*ret_switch = true;
	return NULL;
}

static struct error *apply_option(const struct command *command, struct invocation *invocation, const char *option)
{
	const char *value = strchr(option, '=');

	if (!strcmp(option, "--boot"))
		return apply_switch(command, option, &invocation->boot);
	if (!strcmp(option, "--force"))
		return apply_switch(command, option, &invocation->force);
	if (!strcmp(option, "--overwrite"))
		return apply_switch(command, option, &invocation->overwrite);
	if (strncmp(option, "--", 2) || !value)
		return error_new("option %s is not known or lacks its argument; see --help", option);
	if (strncmp(option, "--config=", strlen("--config=")) != 0) {
		AUTO_FREE char *key = xstrndup(option + 2, (size_t)(value - option - 2));

		return khibernate_config_set(&invocation->config, key, value + 1);
	}
	return NULL;
}

/* The configuration first, so that options override it. */
static struct error *read_config(struct invocation *invocation, int count, char **options)
{
	struct error *error;

	for (int i = 0; i < count; i++)
		if (!strncmp(options[i], "--config=", strlen("--config=")))
			invocation->config_path = options[i] + strlen("--config=");
	error = khibernate_config_read(&invocation->config, invocation->config_path);
	invocation->has_config = !error;
	if (error && error_errno_value(error) != ENOENT)
		return error;
	error_free(error);
	return NULL;
}

static struct error *run_command(const struct command *command, int count, char **options)
{
	AUTO_INVOCATION struct invocation invocation = { .config_path = KHIBERNATE_CONFIG_PATH };
	struct error *error;

	for (int i = 0; i < count; i++)
		if (print_help_if_asked(options[i]))
			return NULL;
	khibernate_config_init(&invocation.config);
	error = read_config(&invocation, count, options);
	for (int i = 0; !error && i < count; i++)
		error = apply_option(command, &invocation, options[i]);
	return error ? error : command->run(&invocation);
}

static struct error *run_with_argument(const struct command *command, int count, char **arguments)
{
	if (count != (command->argument ? 1 : 0))
		return error_new("%s takes %s", command->name, command->argument ? command->argument : "no argument");
	return command->run_one(arguments[0]);
}

static struct error *run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (print_help_if_asked(name))
		return NULL;
	if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
		puts("khibernate (kexec-jump) " PACKAGE_VERSION);
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		return commands[i].run ? run_command(&commands[i], argc - 2, argv + 2) :
					 run_with_argument(&commands[i], argc - 2, argv + 2);
	}
	return *name ? error_new("there is no command %s; see --help", name) : error_new("a command is needed; see --help");
}

int main(int argc, char **argv)
{
	standard_streams_open();
	return error_report(standard_output_finish(run(argc, argv)), "khibernate");
}
