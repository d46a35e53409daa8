/* SPDX-License-Identifier: MIT */
/* words.h - texts that come again and again, each kept once */
#ifndef CMD_WORDS_H
#define CMD_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct word;

/**
 * struct words - a set of texts, at first all zero
 * @slot: @size of them
 * @count: texts
 * @bytes: of all that is kept
 */
struct words {
	struct word **slot;
	size_t size, count;
	size_t bytes;
};

/*
 * Return: a copy of the text with a NUL behind it, the same pointer for the same text; it lives until
 * words_free().  Ends the program when there is no memory.
 */
const char *words_keep(struct words *words, const char *text, size_t len);
/* Where to begin to look for a kept text and a number in a table of @size slots, a power of two. */
size_t words_slot(const char *word, int64_t with, size_t size);
/* The length of a text that words_keep() returned. */
size_t words_len(const char *text);
void words_free(struct words *words);

#endif
