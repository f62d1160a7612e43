/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/sys.h"

#include <errno.h>
#include <linux/reboot.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kexec/plan/load_room.h"
#include "kexec/plan/why_refused.h"
#include "lib/base/file_list.h"
#include "lib/base/alloc.h"
#include "lib/machine/jump_devices.h"

/* KEXEC_FILE_*, include/uapi/linux/kexec.h */
#define FILE_UNLOAD 0x1u
#define FILE_ON_CRASH 0x2u
#define FILE_NO_INITRAMFS 0x4u
#define FILE_DEBUG 0x8u
#define FILE_NO_CMA 0x10u
#define FILE_FORCE_DTB 0x20u

/* struct kexec_segment, include/uapi/linux/kexec.h */
struct segment {
	const void *data;
	size_t data_size;
	void *memory;
	size_t memory_size;
};

/* "<what> (<reason>): <errno's text>". Takes the reason, which may be NULL. */
static struct error *refused(int errno_value, const char *what, char *reason)
{
	AUTO_FREE char *taken = reason;

	return taken ? error_errno(errno_value, "%s (%s)", what, taken) : error_errno(errno_value, "%s", what);
}

/* Another loader, as of a crash kernel at boot, has the kernel's lock while it loads: not for long (kernel/kexec_core.c). */
#define BUSY_PAUSE_MS 100
#define BUSY_PAUSES 50

/* After a call failed: waits, if it was for that and not for too long; then it is to be made again. Keeps errno. */
static bool busy_wait(unsigned int *pauses)
{
	const struct timespec pause = { .tv_nsec = BUSY_PAUSE_MS * 1000000 };

	if (errno != EBUSY || (*pauses)++ == BUSY_PAUSES)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

static long call_kexec_load(uint64_t entry, size_t count, const struct segment *segments, uint32_t flags)
{
	unsigned int pauses = 0;
	long result;

	do
		result = syscall(SYS_kexec_load, (unsigned long)entry, (unsigned long)count, segments, (unsigned long)flags);
	while (result && busy_wait(&pauses));
	return result;
}

struct error *sys_kexec_load(const struct plan *plan, const char *root)
{
	struct segment segments[PLAN_SEGMENT_MAX] = { 0 };
	struct load_room room;
	struct error *error = why_refused_check(root);

	if (error)
		return error;
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_segment *from = &plan->segments[i];

		if (from->memory.end > SYS_ADDRESS_END)
			return error_new("\"%s\" goes above 4 GiB: this 32-bit kexec cannot pass that to the kernel",
					 from->what);
		segments[i] = (struct segment){ from->data.data, from->data.size,
						(void *)(uintptr_t)from->memory.start,
						(size_t)span_size(from->memory) };
	}
	load_room_begin(&room);

	int saved = call_kexec_load(plan->entry, plan->count, segments, plan->flags) ? errno : 0;

	load_room_end(&room);
	if (!saved)
		return NULL;
	return refused(saved, "kexec_load refused to load", why_refused(saved, plan->flags, root));
}

bool sys_forbids_kexec_load(int errno_value)
{
	return errno_value == EPERM || errno_value == EACCES || errno_value == ENOSYS;
}

/*
 * Whether kexec_load(2) may succeed after this errno: it takes other formats, exists where kexec_file_load(2) does not,
 * and needs less memory (file_load_memory.h). A missing or wrong signature is final: only -c loads without that check.
 */
static bool may_kexec_load_succeed(int errno_value)
{
	return errno_value == ENOSYS || errno_value == ENOEXEC || errno_value == EINVAL ||
	       errno_value == EADDRNOTAVAIL || errno_value == ENOTSUP || errno_value == ENOMEM;
}

/* i386 never got this system call, not even on a 64-bit kernel. */
#ifdef SYS_kexec_file_load
#define HAS_KEXEC_FILE_LOAD true
#else
#define HAS_KEXEC_FILE_LOAD false
#endif

static long kexec_file_load(int kernel_fd, int initrd_fd, const char *cmdline, unsigned long flags)
{
#ifdef SYS_kexec_file_load
	unsigned int pauses = 0;
	long result;

	do
		result = syscall(SYS_kexec_file_load, kernel_fd, initrd_fd, (unsigned long)strlen(cmdline) + 1, cmdline,
				 flags);
	while (result && busy_wait(&pauses));
	return result;
#else
	(void)kernel_fd, (void)initrd_fd, (void)cmdline, (void)flags;
	errno = ENOSYS;
	return -1;
#endif
}

static unsigned long file_load_flags(const struct file_load *load)
{
	return (load->crash ? FILE_ON_CRASH : 0) | (load->initrd_count ? 0 : FILE_NO_INITRAMFS) |
	       (load->no_cma ? FILE_NO_CMA : 0) | (load->force_dtb ? FILE_FORCE_DTB : 0);
}

static struct error *file_load_refused(const struct file_load *load, int errno_value)
{
	uint32_t flags = load->crash ? SYS_KEXEC_ON_CRASH : 0;
	AUTO_FREE char *what = xasprintf("kexec_file_load refused \"%s\"", load->kernel);

	if (errno_value == EINVAL && (load->no_cma || load->force_dtb))
		return refused(errno_value, what, xasprintf("this kernel may be older than %s",
							    load->force_dtb ? "--force-dtb" : "--no-cma"));
	return refused(errno_value, what,
		       HAS_KEXEC_FILE_LOAD ? why_refused_file_load(errno_value, flags, "/") :
					     xstrdup("a 32-bit program cannot call it; leave out -s"));
}

struct error *sys_kexec_file_load(const struct file_load *load, bool *ret_try_kexec_load)
{
	unsigned long flags = file_load_flags(load);
	int kernel_fd = -1, initrd_fd = -1;
	struct error *error = why_refused_check("/");

	*ret_try_kexec_load = false;
	if (!error)
		error = open_file("kernel image", load->kernel, &kernel_fd);
	if (!error && load->initrd_count)
		error = open_files("initrd", load->initrds, load->initrd_count, &initrd_fd);
	if (!error) {
		long result = kexec_file_load(kernel_fd, initrd_fd, load->cmdline, flags | (load->debug ? FILE_DEBUG : 0));

		/* Kernels before 6.7 refuse this flag. */
		if (result && errno == EINVAL && load->debug)
			result = kexec_file_load(kernel_fd, initrd_fd, load->cmdline, flags);

		int saved = errno;

		*ret_try_kexec_load = result && may_kexec_load_succeed(saved);
		error = result ? file_load_refused(load, saved) : NULL;
	}
	if (kernel_fd >= 0)
		close(kernel_fd);
	if (initrd_fd >= 0)
		close(initrd_fd);
	return error;
}

static bool file_unload(bool crash)
{
	return !kexec_file_load(-1, -1, "", FILE_UNLOAD | (crash ? FILE_ON_CRASH : 0));
}

struct error *sys_kexec_unload(const struct arch *arch, bool crash)
{
	uint32_t flags = arch->kexec_flag | (crash ? SYS_KEXEC_ON_CRASH : 0);
	struct error *error = why_refused_check("/");

	if (error)
		return error;
	if (!call_kexec_load(0, 0, NULL, flags))
		return NULL;

	int saved = errno;

	if (sys_forbids_kexec_load(saved) && file_unload(crash))
		return NULL;

	return refused(saved, "kexec_load refused to unload", why_refused(saved, flags, "/"));
}

struct error *sys_reboot_kexec(void)
{
	struct error *error = why_refused_check("/");

	if (error)
		return error;
	if (!syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL))
		return NULL;

	int saved = errno;

	return refused(saved, "the jump was refused", why_refused_reboot(saved));
}

struct error *sys_jump(void)
{
	AUTO_JUMP_DEVICES struct jump_devices devices = { 0 };
	struct error *error;

	jump_devices_put_aside(&devices, "/");
	error = sys_reboot_kexec();
	jump_devices_take_back(&devices, "/");
	return error;
}

void sys_power_off(void)
{
	sync();
	if (syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, NULL))
		errno = 0;
}
