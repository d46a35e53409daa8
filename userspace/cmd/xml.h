/* SPDX-License-Identifier: MIT */
/* xml.h - bytes of strangers in XML */
#ifndef CMD_XML_H
#define CMD_XML_H

#include <stddef.h>

#include "out.h"

/* Text or a value in quotes: what stands for markup is escaped, what XML cannot hold is left out. */
void xml_put(struct out *out, const char *text, size_t len);

#endif
