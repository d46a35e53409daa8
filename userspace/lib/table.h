/* SPDX-License-Identifier: MIT */
/* table.h - the types and fields of this library as a recording tells them (procmon-recording(5)) */
#ifndef LIB_TABLE_H
#define LIB_TABLE_H

/* As text, to be freed; NULL without memory. */
char *table_of_fields(void);

#endif
