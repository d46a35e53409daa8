/* SPDX-License-Identifier: MIT */
/* cpid.h - the Common Process Identifier: the same one that any other tool computes for a process */
#ifndef CMD_CPID_H
#define CMD_CPID_H

#include <stdbool.h>
#include <stdint.h>

#define CPID_LEN 37 /* a UUID in text, with its NUL */

/* Reads the boot ID below the directory @root; NULL: it is not known, as that of a dump's machine. */
void cpid_start(const char *root);
/* Return: false: it cannot be told. */
bool cpid(char text[CPID_LEN], uint32_t pid_ns, uint32_t ns_pid, uint64_t start_ns);

#endif
