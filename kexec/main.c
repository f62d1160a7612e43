/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec(8): parses the request, carries out its actions in order, prints the one error. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "kexec/choose_call.h"
#include "kexec/load_log.h"
#include "kexec/load/save_asleep.h"
#include "kexec/place/staged_pages.h"
#include "kexec/plan/why_refused.h"
#include "kexec/plan/request.h"
#include "kexec/plan/sys.h"
#include "kexec/plan/window.h"
#include "lib/base/file_fault.h"
#include "lib/base/alloc.h"
#include "lib/base/sizes.h"
#include "lib/base/standard_streams.h"
#include "lib/disk/usb_disks.h"
#include "lib/machine/loaded_record.h"
#include "lib/machine/machine.h"
#include "lib/machine/network.h"

static struct error *unload(const struct request *request)
{
	const struct arch *arch;
	struct error *error = machine_arch("/", &arch);

	if (!error)
		error = sys_kexec_unload(arch, request->kind == LOAD_PANIC);
	if (!error)
		load_log_unloaded(request->kind == LOAD_PANIC);
	if (!error && request->kind != LOAD_PANIC)
		staged_pages_record_load(LOADED_FOR_GOOD);
	return error;
}

/* -b again in B, after A has jumped to it again: the way back is still loaded. */
static bool has_way_back(const struct request *request)
{
	return request->kind == LOAD_JUMP_BACK_HELPER && (request->actions & ACTION_EXEC) && loaded_record_is(LOADED_JUMP);
}

/* Prints the size in bytes of the region that a crash kernel is loaded to, as kexec-tools does; 0 without one. */
static struct error *print_region_size(const struct request *request)
{
	AUTO_MACHINE struct machine machine = { 0 };
	struct error *error = machine_init(&machine, request->root);

	if (!error)
		printf("%" PRIu64 "\n", span_size(crash_kernel_region(&machine.iomem)));
	return error;
}

/* This kernel continues: the jump was refused, or it came back. */
static struct error *restore_network(const struct network_down *down, struct error *error)
{
	const char *left = network_bring_up(down) ?
				   "the network interfaces were taken down and are up again; routes and IPv6 addresses "
				   "may have to be set again" :
				   "the network interfaces were taken down, and not all could be brought up again";

	if (!error) {
		fprintf(stderr, "kexec: warning: %s\n", left);
		return NULL;
	}

	struct error *longer = error_new("%s; %s", error_text(error), left);

	error_free(error);
	return longer;
}

/* Before the file systems are synced and the network is taken down. */
static struct error *check_jump(const struct request *request)
{
	bool loaded;
	struct error *error = machine_is_loaded("/", false, &loaded);

	if (!error && !loaded)
		return error_new("nothing is loaded to jump to; load a kernel first (kexec -l, or "
				 "--load-preserve-context)");
	if (error)
		return error;

	AUTO_FREE char *reason = why_refused_jump();

	if (reason)
		return error_new("the jump would be refused: %s", reason);
	/* One may have been mounted since the load. */
	if (loaded_record_is(LOADED_JUMP) && !request->lose_devices)
		return usb_disks_check("--lose-devices");
	return loaded_record_is(LOADED_PLACED) ? staged_pages_check() : NULL;
}

static struct error *jump(const struct request *request)
{
	AUTO_NETWORK_DOWN struct network_down down = { 0 };
	struct error *error = check_jump(request);

	if (error)
		return error;
	/* First: the file systems may need the network. */
	if (!request->no_sync)
		sync();
	if (!request->jump_only && !request->no_ifdown && !loaded_record_is(LOADED_JUMP))
		network_take_down(&down);
	error = loaded_record_is(LOADED_JUMP) ? sys_jump() : sys_reboot_kexec();
	return down.count ? restore_network(&down, error) : error;
}

/* As documented for kexec without an action: the system's own shutdown ends in kexec -e. */
static struct error *call_shutdown(void)
{
	execlp("shutdown", "shutdown", "-r", "now", NULL);
	return error_new("the kernel is loaded, but shutdown cannot be started; stop what runs and use kexec -e");
}

/* Asks for the crash kernel, unless another kind of load is named: as in kexec-tools. */
static struct error *query_status(const struct request *request, int *ret_status)
{
	bool crash = request->kind == LOAD_PANIC || (request->kind == LOAD_ORDINARY && !request->load_given);
	bool loaded;
	struct error *error = machine_is_loaded("/", crash, &loaded);

	if (!error)
		*ret_status = loaded;
	return error;
}

static struct error *carry_out(const struct request *request, int *ret_status)
{
	struct error *error = NULL;

	if (request->dry_run)
		return request->actions & ACTION_LOAD ? load_requested(request) : error_new("--dry-run goes with loading");
	if (request->actions & ACTION_PRINT_REGION_SIZE)
		return print_region_size(request);
	error = why_refused_check("/");
	if (error)
		return error;
	if (request->unused_kernel)
		fprintf(stderr,
			"kexec: warning: \"%s\" is not loaded: the last option that loads or jumps does not load (-e, -u); "
			"or is an option missing its argument?\n",
			request->unused_kernel);
	if (request->actions & ACTION_STATUS)
		return query_status(request, ret_status);
	if (request->actions & ACTION_SAVE_ASLEEP)
		return save_asleep(request->save_asleep, 0);
	if (request->actions & ACTION_UNLOAD)
		error = unload(request);
	if (!error && (request->actions & ACTION_LOAD) && !has_way_back(request))
		error = load_requested(request);
	if (!error && (request->actions & ACTION_SHUTDOWN))
		return call_shutdown();
	if (!error && (request->actions & ACTION_EXEC))
		error = jump(request);
	return error;
}

int main(int argc, char **argv)
{
	AUTO_REQUEST struct request request = { 0 };
	int status = EXIT_SUCCESS;

	standard_streams_open();
	file_fault_install();
	struct error *error = request_parse(argc, argv, &request);

	if (!error && (request.actions & ACTION_HELP))
		request_print_help(stdout);
	else if (!error && (request.actions & ACTION_VERSION))
		printf("kexec-jump %s\n", PACKAGE_VERSION);
	else if (!error)
		error = carry_out(&request, &status);
	error = standard_output_finish(error);
	return error ? error_report(error, "kexec") : status;
}
