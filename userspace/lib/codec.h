/* SPDX-License-Identifier: MIT */
/* codec.h - events as few bytes, and back: what a block of a recording holds (procmon-recording(5)) */
#ifndef LIB_CODEC_H
#define LIB_CODEC_H

#include "procmon.h"

struct codec;

/**
 * struct codec_at - where the bytes are written to, or read from
 * @number: varints
 * @number_end: their end, when reading
 * @text: the bytes of strings
 * @text_end: their end, when reading
 */
struct codec_at {
	uint8_t *number, *number_end;
	uint8_t *text, *text_end;
};

/* A codec for a table (table.h), ours or that of a recording; NULL: none of ours, or no memory. */
struct codec *codec_make(const char *table);
void codec_free(struct codec *codec);
/* Before the first event of a block: nothing is known of those before it. */
void codec_begin(struct codec *codec);
/* Bytes that @ev may take in each of the two parts. */
size_t codec_bound(const struct procmon_event *ev);
void codec_put(struct codec *codec, struct codec_at *at, const struct procmon_event *ev);
/* Return: 0, @ev valid until the next call; -EBADMSG: damaged; -ENOMEM. */
int codec_get(struct codec *codec, struct codec_at *at, struct procmon_event *ev);

#endif
