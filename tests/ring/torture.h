/* SPDX-License-Identifier: MIT */
/* torture.h - the tests; each takes about @ns and prints its results */
#ifndef TORTURE_H
#define TORTURE_H

#include <linux/ktime.h>

#include "../kernel/lib/tap.h"
#include "follow.h"

#define TORTURE_TRIES 5 /* each twice as long: the machine may be busy with something else */
#define NSEC_PER_SEC 1000000000ULL

void exact_test(const char *name, u64 nrec, u64 first_pos, u64 first_seq, u64 ns);
void bound_test(const char *name, const struct follow_kind *kind, bool late, u64 ns);
void merge_test(const char *name, const struct follow_kind *kind, u64 ns);
void start_test(const char *name, const struct follow_kind *kind, u64 ns);
void publish_test(const char *name, const struct follow_kind *kind, u64 ns);
void wake_test(const char *name, u64 ns);

/*
 * Prints the results of a run: @format and that it was long enough.  Return: false when it was not,
 * nothing was wrong either and it is not the @last try: run again.
 */
bool torture_told(const struct stage *stage, bool enough, bool last, const char *format,
		  const char *name) __attribute__((format(printf, 4, 0)));

#endif
