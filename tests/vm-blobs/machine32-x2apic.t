#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Gate and purgatory of 32 bits where the local APIC is in x2APIC mode, as kernels put it on most new machines.
. "$(dirname "$0")/run.sh"
export x2apic=true
tap_machine 32 -cpu max -append x2apic
