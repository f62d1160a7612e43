#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two actions on one command line, and exit statuses: as in kexec-tools, which tests/peer/actions runs.
# shellcheck source=tests/cli/cli.sh
. "$(dirname "$0")/cli.sh"
# shellcheck source=tests/cli/actions.sh
. "$(dirname "$0")/actions.sh"
# shellcheck disable=SC2034 # for actions.sh
column=ours
prepare_actions
check_actions
check_statuses
finish
