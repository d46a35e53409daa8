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
	static const char *const escapes[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
	};

	while (len) {
		uint32_t c = 0;
		size_t n = text_utf8(text, len, &c);

		if (c < 128 && escapes[c])
			out_str(out, escapes[c]);
		else if (n && xml_is_char(c))
			out_put(out, text, n);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
}
