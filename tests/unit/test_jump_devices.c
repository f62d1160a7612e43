/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done to devices before a jump and after it, on a machine that is a folder. */
#include "lib/machine/jump_devices.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "tests/tap.h"

#define CLOCKS "sys/class/rtc"
#define DRIVER "sys/bus/virtio/drivers/virtio_balloon"

static void shell(const char *words)
{
	if (system(words))
		exit(2);
}

/* What was last written to a file; each device is told by one write. */
static void is_told(const char *root, const char *path, const char *wanted, const char *name)
{
	AUTO_FREE char *line = first_line_or_null(root, path);

	is_text(line ? line : "", wanted, "%s", name);
}

int main(void)
{
	char root[] = "/tmp/kexec-jump-devices-XXXXXX";
	AUTO_JUMP_DEVICES struct jump_devices none = { 0 }, one = { 0 };

	if (!mkdtemp(root) || chdir(root))
		exit(2);
	jump_devices_put_aside(&none, root);
	is_u64(none.balloons.count, 0, "a machine without such devices");
	jump_devices_take_back(&none, root);

	shell("mkdir -p " DRIVER " && touch " DRIVER "/bind " DRIVER "/unbind && ln -s /nowhere " DRIVER "/module && "
	      "ln -s ../../../../devices/virtio2 " DRIVER "/virtio2");
	jump_devices_put_aside(&one, root);
	is_u64(one.balloons.count, 1, "a balloon");
	is_told(root, "/" DRIVER "/unbind", "virtio2", "its driver is unbound before the jump");
	is_told(root, "/" DRIVER "/bind", "", "and not bound before it");
	jump_devices_take_back(&one, root);
	is_told(root, "/" DRIVER "/bind", "virtio2", "it is bound after the jump");

	shell("mkdir -p " CLOCKS "/rtc0 " CLOCKS "/rtc1 " CLOCKS "/rtc2 && echo 1000 | tee " CLOCKS "/rtc0/since_epoch "
	      CLOCKS "/rtc1/since_epoch >" CLOCKS "/rtc2/since_epoch && echo 0999 >" CLOCKS "/rtc0/wakealarm && "
	      "echo 1001 >" CLOCKS "/rtc1/wakealarm && >" CLOCKS "/rtc2/wakealarm");
	jump_devices_take_back(&none, root);
	is_told(root, "/" CLOCKS "/rtc0/wakealarm", "+199", "an alarm that is late is set to the next second");
	is_told(root, "/" CLOCKS "/rtc1/wakealarm", "1001", "one that is to come stays");
	is_told(root, "/" CLOCKS "/rtc2/wakealarm", "", "and none is no alarm");

	AUTO_FREE char *remove = xasprintf("rm -rf '%s'", root);

	shell(remove);
	return tap_done();
}
