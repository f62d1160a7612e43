/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program in physical mode: no kernel below it, no paging on i386, nothing
 * but memory and ports. It is called as a C function, prints on the serial
 * port, counts its calls, asks to be entered at its other entry next time,
 * and returns.
 */
#include "tests/vm/programs/serial.h"

static unsigned int calls;

/*
 * Called by entry.S with the entry's name. Odd calls are at the first entry,
 * even ones at the second, or somebody has not listened. The words are those
 * that the story's host takes for a check.
 */
void report(const char *name);

void report(const char *name)
{
	char wanted = ++calls % 2 ? 'f' : 's';

	print(name[0] == wanted ? "\r\nKJ ok - " : "\r\nKJ not ok - ");
	print("phy_mode: call ");
	print_char((char)('0' + calls));
	print(" is at its ");
	print(name);
	print(" entry\r\n");
}
