/* SPDX-License-Identifier: GPL-2.0-only */
/* A copy of ACPI's root pointer, which multiboot 2 passes on. */
#ifndef KJ_ACPI_RSDP_H
#define KJ_ACPI_RSDP_H

#include <stddef.h>
#include <stdint.h>

#define ACPI_RSDP_BYTES 36

/*
 * Reads the ACPI root pointer at the physical address `address` from
 * /dev/mem below `root` into ret_rsdp. Returns its size: 20 (ACPI 1.0) or
 * ACPI_RSDP_BYTES (ACPI 6.5, 5.2.5.3); 0 if it cannot be read or is none.
 */
size_t acpi_rsdp_read(const char *root, uint64_t address, uint8_t *ret_rsdp);

#endif
