/* SPDX-License-Identifier: GPL-2.0-only */
#include "kexec/plan/why_refused.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kexec/plan/sys.h"
#include "lib/base/file.h"
#include "lib/base/alloc.h"
#include "lib/machine/xen.h"

/* The content of a small file, "" if it cannot be read. Heap. */
static char *content(const char *root, const char *path)
{
	char *text = NULL;
	struct error *error = read_small_file(root, path, &text, NULL);

	if (!error)
		return text;
	error_free(error);
	return xstrdup("");
}

/* CAP_SYS_BOOT is bit 22 (include/uapi/linux/capability.h). `unknown`: the answer where /proc has none. */
static bool may_boot(bool unknown)
{
	AUTO_FREE char *status = content("/", "/proc/self/status");
	const char *line = strstr(status, "CapEff:");

	if (!line)
		return unknown;
	return strtoull(line + strlen("CapEff:"), NULL, 16) >> 22 & 1;
}

bool why_refused_locked_down(const char *root)
{
	AUTO_FREE char *lockdown = content(root, "/sys/kernel/security/lockdown");

	return strstr(lockdown, "[integrity]") || strstr(lockdown, "[confidentiality]");
}

static char *missing_capability(void)
{
	return xstrdup("it takes root: CAP_SYS_BOOT is missing");
}

/* NULL: nothing that /proc and /sys show. `locked_down`: the remedy if lockdown is the reason. */
static char *known_reason(uint32_t flags, const char *root, const char *locked_down)
{
	AUTO_FREE char *disabled = content(root, "/proc/sys/kernel/kexec_load_disabled");
	const char *limit = flags & SYS_KEXEC_ON_CRASH ? "kexec_load_limit_panic" : "kexec_load_limit_reboot";
	AUTO_FREE char *limit_path = xasprintf("/proc/sys/kernel/%s", limit);
	AUTO_FREE char *loads_left = content(root, limit_path);

	if (!may_boot(geteuid() == 0))
		return missing_capability();
	if (disabled[0] == '1')
		return xstrdup("kernel.kexec_load_disabled is 1: nothing can be loaded until the next boot");
	if (why_refused_locked_down(root))
		return xasprintf("the kernel is locked down: %s", locked_down);
	if (loads_left[0] == '0')
		return xasprintf("kernel.%s allows no more loads", limit);
	return NULL;
}

static char *explain_permission(uint32_t flags, const char *root, const char *locked_down)
{
	AUTO_FREE char *lockdown = content(root, "/sys/kernel/security/lockdown");
	char *known = known_reason(flags, root, locked_down);

	/* With CAP_SYS_BOOT only lockdown is left; but its file is there only if securityfs is mounted. */
	return known || lockdown[0] ? known : xasprintf("perhaps the kernel is locked down: then %s", locked_down);
}

#define LOCKED_DOWN_LOAD "only kexec_file_load of a signed kernel (-s) is allowed"

static char *explain_common(int errno_value)
{
	switch (errno_value) {
	case ENOSYS:
		return xstrdup("this kernel is built without CONFIG_KEXEC or CONFIG_KEXEC_FILE");
	case EBUSY:
		return xstrdup("another load or jump is under way, and did not end within some seconds");
	case EADDRNOTAVAIL:
		return xstrdup("an address is not memory, or outside the crash kernel's region");
	case EFAULT:
		return xstrdup("a file became shorter while it was loaded, or its disk fails");
	case ENOMEM:
		return xstrdup("not enough free memory to keep it in");
	default:
		return NULL;
	}
}

char *why_refused(int errno_value, uint32_t flags, const char *root)
{
	if (errno_value == EPERM)
		return explain_permission(flags, root, LOCKED_DOWN_LOAD);
	if (errno_value == EACCES)
		return xstrdup("the kernel's integrity policy (IMA) wants a file to appraise: only kexec_file_load of a signed "
			       "kernel (-s) is allowed");
	if (errno_value == EINVAL && (flags & SYS_KEXEC_PRESERVE_CONTEXT))
		return xstrdup("this kernel is probably built without CONFIG_KEXEC_JUMP, which a jump needs");
	return explain_common(errno_value);
}

/* kimage_validate_signature (kernel/kexec_file.c) and verify_pefile_signature (crypto/asymmetric_keys). */
char *why_refused_file_load(int errno_value, uint32_t flags, const char *root)
{
	switch (errno_value) {
	case EPERM:
		return explain_permission(flags, root, "the file needs a signature by a key that this kernel or its "
						       "firmware trusts");
	case EACCES:
		return xstrdup("it has no signature or digest that the kernel's integrity policy (IMA) accepts");
	case ENODATA:
		return xstrdup("it is not signed, and this kernel loads signed files only; -c loads it without that check");
	case ENOKEY:
	case EKEYREJECTED:
		return xstrdup("it is signed by a key that this kernel does not trust: sign it with one that is enrolled; "
			       "-c loads it without that check");
	case ENOPKG:
		return xstrdup("this kernel lacks the algorithms of its signature; -c loads it without that check");
	case EBADMSG:
	case ELIBBAD:
	case EMSGSIZE:
		return xstrdup("its signature is damaged or does not fit the file");
	case ENOEXEC:
		return xstrdup("the kernel itself takes a bzImage with a 64-bit entry only, not compressed; -c takes more");
	default:
		return explain_common(errno_value);
	}
}

/* Unloading and -S make no sense there, either: Xen keeps the loaded kernel, and does not show it to this one. */
struct error *why_refused_check(const char *root)
{
	if (!xen_is_pv(root))
		return NULL;
	return error_new("no kexec in a PV domain of Xen, dom0 or guest: its kernel crashes when anything is loaded; boot "
			 "it without Xen, or as an HVM or PVH guest (of dom0, Xen itself can start another kernel: that "
			 "takes kexec-tools built for Xen)");
}

struct error *why_refused_load(const char *root)
{
	struct error *error = why_refused_check(root);
	AUTO_FREE char *reason = error ? NULL : known_reason(0, root, LOCKED_DOWN_LOAD);

	return reason ? error_new("kexec_load will be refused: %s", reason) : error;
}

/* The first namespaces have these inodes always: enum init_ns_ino, include/uapi/linux/nsfs.h. */
static bool in_namespace(const char *path, uint64_t first_inode)
{
	struct stat status;

	return !stat(path, &status) && status.st_ino != first_inode;
}

/* The order of reboot (kernel/reboot.c): ns_capable, then reboot_pid_ns. */
char *why_refused_jump(void)
{
	if (!may_boot(true))
		return missing_capability();
	if (in_namespace("/proc/self/ns/user", 0xeffffffd))
		return xstrdup("this process is in a user namespace (a container), whose root may not jump");
	if (in_namespace("/proc/self/ns/pid", 0xeffffffc))
		return xstrdup("this process is in a PID namespace (a container); one outside of it can jump");
	return NULL;
}

char *why_refused_reboot(int errno_value)
{
	char *reason = why_refused_jump();

	if (reason)
		return reason;
	if (errno_value == EPERM && !may_boot(geteuid() == 0))
		return missing_capability();
	/* Lockdown and IMA are about loading. */
	return errno_value == EPERM || errno_value == EACCES ? NULL : explain_common(errno_value);
}
