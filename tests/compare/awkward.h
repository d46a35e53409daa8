/* SPDX-License-Identifier: MIT */
/* awkward.h - what awkward.c is made of: files, arguments, and the truth as JSON */
#ifndef AWKWARD_H
#define AWKWARD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* files and arguments; they end the program when they fail */
void file_copy(const char *from, const char *to);
int file_memfd(const char *name, const char *from);
char *path_beside(char path[PATH_MAX], const char *of, const char *name);
char **args_plain(char *marker);
bool args_name(char **args, unsigned int number);

/* one object of the truth: its values in turn, then its end */
uint64_t truth_clock(void);
void truth_number(FILE *truth, const char *key, uint64_t value);
void truth_numbers(FILE *truth, const char *key, const uint64_t *values, unsigned long n);
void truth_name(FILE *truth, const char *name);
/* @strings end with NULL, or are NULL; each is told in hexadecimal. */
void truth_strings(FILE *truth, const char *key, const char **strings);
void truth_end(FILE *truth);

#endif
