// SPDX-License-Identifier: MIT
#include "xml.h"

#include <stdint.h>

#include "text.h"

/* Is it a character of XML 1.0? */
static bool xml_is_char(uint32_t c)
{
	return c == '\t' || c == '\n' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

void xml_put(struct out *out, const char *text, size_t len)
{
	while (len) {
		uint32_t c = 0;
		size_t n = text_utf8(text, len, &c);

		switch (c) {
		case '&':
			OUT_LITERAL(out, "&amp;");
			break;
		case '<':
			OUT_LITERAL(out, "&lt;");
			break;
		case '>':
			OUT_LITERAL(out, "&gt;");
			break;
		case '"':
			OUT_LITERAL(out, "&quot;");
			break;
		case '\'':
			OUT_LITERAL(out, "&#39;");
			break;
		default:
			if (n && xml_is_char(c))
				out_put(out, text, n);
		}
		text += n ? n : 1;
		len -= n ? n : 1;
	}
}
