/* SPDX-License-Identifier: MIT */
/* need.h - memory without which a command cannot go on */
#ifndef CMD_NEED_H
#define CMD_NEED_H

#include <stddef.h>

/* Return: @memory; NULL ends the program, which says why. */
void *need(void *memory);
/* Room for @count (and one more) of @size bytes, all zero, to be freed. */
void *need_array(size_t count, size_t size);

#endif
