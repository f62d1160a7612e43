/* SPDX-License-Identifier: GPL-2.0-only */
#include "layout.h"
	.section .entry, "ax"
	hlt
	.section .param, "aw"
	.globl	blob_param
	.hidden	blob_param
blob_param:
	.asciz "KJXXXX"
	.section .note.GNU-stack, "", @progbits
