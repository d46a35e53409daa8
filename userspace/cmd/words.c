// SPDX-License-Identifier: MIT
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "need.h"

#define WORDS_BEGIN 1024 /* slots at first; a power of two */

/**
 * struct word - a text
 * @next: in its slot
 * @hash: of its bytes
 * @len: of them
 */
struct word {
	struct word *next;
	uint32_t hash;
	uint32_t len;
	char text[];
};

static uint32_t words_hash(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	while (len--)
		hash = (hash ^ (unsigned char)*text++) * 16777619u;
	return hash ^ hash >> 15;
}

static void words_grow(struct words *words)
{
	size_t size = words->size ? 2 * words->size : WORDS_BEGIN, i;
	struct word **slot = need(calloc(size, sizeof(struct word *)));

	for (i = 0; i < words->size; i++) {
		struct word *word = words->slot[i], *next;

		for (; word; word = next) {
			next = word->next;
			word->next = slot[word->hash & (size - 1)];
			slot[word->hash & (size - 1)] = word;
		}
	}
	free(words->slot);
	words->slot = slot;
	words->size = size;
}

const char *words_keep(struct words *words, const char *text, size_t len)
{
	uint32_t hash = words_hash(text, len);
	struct word *word, **slot;

	if (words->count == words->size)
		words_grow(words);
	slot = &words->slot[hash & (words->size - 1)];
	for (word = *slot; word; word = word->next)
		if (word->hash == hash && word->len == len && !memcmp(word->text, text, len))
			return word->text;
	word = need(malloc(sizeof(*word) + len + 1));
	*word = (struct word){ .next = *slot, .hash = hash, .len = (uint32_t)len };
	memcpy(word->text, text, len);
	word->text[len] = '\0';
	*slot = word;
	words->count++;
	words->bytes += sizeof(*word) + len + 1;
	return word->text;
}

size_t words_slot(const char *word, int64_t with, size_t size)
{
	uint64_t hash = (uint64_t)(uintptr_t)word * 31 + (uint64_t)with;

	return (size_t)(hash * 0x9e3779b97f4a7c15ull >> 20) & (size - 1);
}

size_t words_len(const char *text)
{
	return ((const struct word *)(const void *)(text - offsetof(struct word, text)))->len;
}

void words_free(struct words *words)
{
	size_t i;

	for (i = 0; i < words->size; i++) {
		struct word *word = words->slot[i], *next;

		for (; word; word = next) {
			next = word->next;
			free(word);
		}
	}
	free(words->slot);
	*words = (struct words){ 0 };
}
