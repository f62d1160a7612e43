#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Gate and purgatory of 64 bits on a bare machine.
. "$(dirname "$0")/run.sh"
tap_machine 64
