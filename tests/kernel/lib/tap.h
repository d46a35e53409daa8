/* SPDX-License-Identifier: MIT */
/* tap.h - test results as KTAP: "ok 1 theme/name" */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

/* Names of the tests that follow begin with "@theme/". */
void tap_theme(const char *theme);
/* A result.  The name is a sentence with underscores. */
bool ok(bool good, const char *name, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *name, const char *reason, ...) __attribute__((format(printf, 2, 3)));
void diag(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the program: a test cannot go on. */
_Noreturn void bail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The plan; returns the exit status. */
int tap_done(void);
/* A size from the environment. */
unsigned long tap_size(const char *name, unsigned long normal);

#endif
