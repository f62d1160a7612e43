/* SPDX-License-Identifier: GPL-2.0-only */
/* The page that the placing program compares is another one when the process that loaded it is no more. */
#include "kexec/place/owner_page.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/span.h"
#include "tests/tap.h"

enum outcome { OUTCOME_SAME, OUTCOME_CHANGED, OUTCOME_NO_ADDRESSES };

/* A process that sees the page, too, waits until its owner is gone. */
static _Noreturn void watch(const struct owner_page *owner, int owner_end, int report)
{
	uint8_t before[PAGE_SIZE_BYTES], byte;

	memcpy(before, owner->page.data, sizeof(before));
	if (write(report, &(uint8_t){ UINT8_MAX }, 1) != 1 || read(owner_end, &byte, 1))
		_exit(1);
	byte = memcmp(before, owner->page.data, sizeof(before)) ? OUTCOME_CHANGED : OUTCOME_SAME;
	_exit(write(report, &byte, 1) != 1);
}

static _Noreturn void own(int report)
{
	struct owner_page owner;
	int ends[2];

	owner_page_take(&owner);
	if (!owner_page_address(&owner))
		_exit(write(report, &(uint8_t){ OUTCOME_NO_ADDRESSES }, 1) != 1);
	if (pipe(ends) || fork())
		pause();
	close(ends[1]);
	watch(&owner, ends[0], report);
}

int main(void)
{
	uint8_t outcome = OUTCOME_SAME;
	int report[2];
	pid_t child = pipe(report) ? -1 : fork();

	if (!child)
		own(report[1]);
	close(report[1]);
	if (child > 0 && read(report[0], &outcome, 1) == 1 && outcome == UINT8_MAX) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		if (read(report[0], &outcome, 1) != 1)
			outcome = OUTCOME_SAME;
	}
	if (outcome == OUTCOME_NO_ADDRESSES)
		ok(true, "a killed process # SKIP it does not see its addresses");
	else
		ok(outcome == OUTCOME_CHANGED, "a killed process has changed its page");
	return tap_done();
}
