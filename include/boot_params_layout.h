/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets in struct boot_params and numbers in it, from
 * arch/x86/include/uapi/asm/bootparam.h and Documentation/arch/x86/.
 */
#ifndef KJ_BOOT_PARAMS_LAYOUT_H
#define KJ_BOOT_PARAMS_LAYOUT_H

#define BP_SCREEN_INFO 0x000
#define BP_IST_INFO 0x060
#define BP_ACPI_RSDP 0x070
#define BP_DISK_INFO 0x080
#define BP_SYS_DESC_TABLE 0x0a0
#define BP_EXT_RAMDISK_IMAGE 0x0c0
#define BP_EXT_RAMDISK_SIZE 0x0c4
#define BP_EXT_CMD_LINE_PTR 0x0c8
#define BP_EDID_INFO 0x140
#define BP_EFI_INFO 0x1c0
#define BP_ALT_MEM_K 0x1e0
#define BP_E820_COUNT 0x1e8
#define BP_EDD_COUNTS 0x1e9
#define BP_SECURE_BOOT 0x1ec
#define BP_SETUP_HEADER 0x1f1
#define BP_ROOT_FLAGS 0x1f2
#define BP_VID_MODE 0x1fa
#define BP_BOOT_FLAG 0x1fe
#define BP_HEADER_MAGIC 0x202
#define BP_VERSION 0x206
#define BP_TYPE_OF_LOADER 0x210
#define BP_LOADFLAGS 0x211
#define BP_CODE32_START 0x214
#define BP_RAMDISK_IMAGE 0x218
#define BP_RAMDISK_SIZE 0x21c
#define BP_HEAP_END_PTR 0x224
#define BP_CMD_LINE_PTR 0x228
#define BP_XLOADFLAGS 0x236
#define BP_HARDWARE_SUBARCH 0x23c
#define BP_SETUP_DATA 0x250
#define BP_EDD_SIGNATURES 0x290
#define BP_E820_TABLE 0x2d0
#define BP_EDD_INFO 0xd00

#define BP_E820_RECORD_BYTES 20
#define BP_E820_MAX 128

#define LOADER_TYPE_KEXEC 0xd0 /* kexec's number, version 0 */
#define ROOT_FLAG_READ_ONLY 1
#define VID_MODE_NORMAL 0xffff
#define LOADFLAG_LOADED_HIGH 0x01
#define LOADFLAG_CAN_USE_HEAP 0x80
#define XLF_EFI_KEXEC 0x10

#define SETUP_DATA_E820_EXT 1
#define SETUP_DATA_DTB 2
#define SETUP_DATA_EFI 4
#define SETUP_DATA_RNG_SEED 9 /* Linux 6.0; older kernels skip a type that they do not know */

/* In struct screen_info (include/uapi/linux/screen_info.h) */
#define SCREEN_CURSOR 0x00 /* column and row, a byte each */
#define SCREEN_PAGE 0x04
#define SCREEN_MODE 0x06
#define SCREEN_COLUMNS 0x07
#define SCREEN_EGA_BX 0x0a
#define SCREEN_LINES 0x0e
#define SCREEN_TYPE 0x0f
#define SCREEN_POINTS 0x10
#define SCREEN_WIDTH 0x12 /* from here on: the linear framebuffer */
#define SCREEN_HEIGHT 0x14
#define SCREEN_DEPTH 0x16
#define SCREEN_BASE 0x18
#define SCREEN_BASE_HIGH 0x3a
#define SCREEN_INFO_BYTES 0x40

/* SCREEN_TYPE: VIDEO_TYPE_* of that file */
#define SCREEN_TYPE_VGA_TEXT 0x01
#define SCREEN_TYPE_VESA 0x23
#define SCREEN_TYPE_EFI 0x70

/* In struct efi_info */
#define EFI_INFO_DESC_SIZE 0x08
#define EFI_INFO_DESC_VERSION 0x0c
#define EFI_INFO_MAP 0x10
#define EFI_INFO_MAP_SIZE 0x14
#define EFI_INFO_MAP_HIGH 0x1c

#endif
