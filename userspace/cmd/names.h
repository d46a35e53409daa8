/* SPDX-License-Identifier: MIT */
/* names.h - users, signals and errors by name */
#ifndef CMD_NAMES_H
#define CMD_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* The user's name, NULL when there is none; valid until the program ends. */
const char *names_user(uint32_t uid);
/* The user's home directory, NULL when there is none; valid until the next call. */
const char *names_home(uint32_t uid);
/* From now on users are those of the system below the directory @root. */
void names_use_root(const char *root);
/* From now on users have no names: their machine is not this one. */
void names_use_numbers(void);
/* A user by number or name. */
bool names_uid(const char *text, uint32_t *uid);
/* "KILL", NULL when the number has no name. */
const char *names_signal(unsigned int signal);
/* "ENAMETOOLONG", NULL when the number has no name. */
const char *names_errno(int err);

#endif
