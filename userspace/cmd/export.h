/* SPDX-License-Identifier: MIT */
/* export.h - processes (life.h) in formats that other programs draw */
#ifndef CMD_EXPORT_H
#define CMD_EXPORT_H

#include "life.h"
#include "out.h"
#include "past.h"

/* What a process is called there, without its directory. */
void export_put_name(struct out *out, const struct life *life);
/* trace.c: the Trace Event Format, which Perfetto and chrome://tracing open. */
void trace_put(struct out *out, const struct past *span);
/* folded.c: "make;gcc;cc1 MICROSECONDS", what flame graphs are made of. */
void folded_put(struct out *out, const struct past *span);

#endif
