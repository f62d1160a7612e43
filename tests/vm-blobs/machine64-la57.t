#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Gate and purgatory of 64 bits with five levels of page tables: four would end the machine.
. "$(dirname "$0")/run.sh"
tap_machine 64 -cpu max -append five-levels
