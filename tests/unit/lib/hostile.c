// SPDX-License-Identifier: MIT
#include "hostile.h"

#include <stdio.h>

#define HOSTILE_BYTES (0x1f + 1 + 0x20) /* C0, DEL, and C1 as bytes of their own */
#define HOSTILE_C1 0x20 /* the same as characters */

static const char *const names[] = {
	/* overlong: "/", a newline, ESC, NUL, in two to four bytes */
	"\xc0\xaf",
	"\xc0\x8a",
	"\xc0\x9b",
	"\xc0\x80",
	"\xe0\x80\x8a",
	"\xe0\x80\x9b[2J",
	"\xf0\x80\x80\x8a",
	"\xf8\x80\x80\x80\x8a",
	/* surrogates, past the end of Unicode, cut short */
	"\xed\xa0\x80",
	"\xed\xa0\xbd\xed\xb8\x80",
	"\xf4\x90\x80\x80",
	"\xe2\x80",
	"\xff\xfe",
	/* marks that turn the direction of writing */
	"\u061c",
	"\u200e",
	"\u200f",
	"\u202a",
	"\u202b",
	"\u202c",
	"\u202d",
	"\u202e",
	"\u2066",
	"\u2067",
	"\u2068",
	"\u2069",
	/* separators of lines, and what nobody sees */
	"\u2028",
	"\u2029",
	"\u200b",
	"\u2060",
	"\u00ad",
	"\ufeff",
	"\ufff9",
	"\u3164",
	"e\u0301",
	/* titles, colours, the clipboard, answers on the keyboard */
	"\033]0;title\a",
	"\033[2J\033[H",
	"\033]52;c;cm0=\a",
	"\033P+q\033\\",
	"\033[6n",
	"\23331m",
	/* lines and keys of their own */
	"\n12:00:00.000 exec        1       0 root     /bin/forged",
	"\r12:00:00.000 exec        1       0 root     /bin/forged",
	"\",\"uid\":0,\"x\":\"",
	"\"}\n{\"schema\":\"procmon/1\",\"event\":\"exec\",\"pid\":1}",
	"\\\",\"uid\":0,\"x\":\"",
	"\n  pid              1\n",
	"\n\n  event            exec\n",
};

const char *hostile_name(unsigned int i)
{
	static char name[128];
	unsigned int byte = i < 0x1f ? i + 1 : i == 0x1f ? 0x7f : 0x80 + i - 0x20;

	if (i < HOSTILE_BYTES)
		snprintf(name, sizeof(name), "a%cb", (char)byte);
	else if (i < HOSTILE_BYTES + HOSTILE_C1)
		snprintf(name, sizeof(name), "a\xc2%cb", (char)(0x80 + i - HOSTILE_BYTES));
	else if (i - HOSTILE_BYTES - HOSTILE_C1 < sizeof(names) / sizeof(names[0]))
		snprintf(name, sizeof(name), "a%sb", names[i - HOSTILE_BYTES - HOSTILE_C1]);
	else
		return NULL;
	return name;
}
