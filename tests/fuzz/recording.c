// SPDX-License-Identifier: MIT
/* A file that is to be a recording.  Its checksums are made good: damage is found by them, malice not. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "block.h"
#include "codec.h"
#include "fuzz.h"
#include "sum.h"
#include "table.h"
#include "tap.h"

#define RECORDING_MAX 65536

static int recording_fd;
static char recording_path[64];

static void recording_begin(void)
{
	fuzz_rings_begin();
	recording_fd = memfd_create("recording", MFD_CLOEXEC);
	snprintf(recording_path, sizeof(recording_path), "/proc/self/fd/%d", recording_fd);
}

/*
 * Makes good the checksums of the blocks as they follow each other; most are told by the table that is
 * there: another one is looked for in vain.
 */
static void recording_mend(unsigned char *bytes, size_t len)
{
	struct block_head head;
	size_t at = 0;

	while (len - at >= sizeof(head) && !memcmp(bytes + at, BLOCK_MAGIC, 8)) {
		memcpy(&head, bytes + at, sizeof(head));
		if (head.stored_len > len - at - sizeof(head))
			head.stored_len = (uint32_t)(len - at - sizeof(head));
		head.sum = sum_add(SUM_START, bytes + at + sizeof(head), head.stored_len);
		if (head.table_sum % 8)
			head.table_sum = 1;
		block_seal(&head);
		memcpy(bytes + at, &head, sizeof(head));
		at += sizeof(head) + head.stored_len;
	}
}

static void recording_fuzz(const unsigned char *data, size_t len)
{
	static unsigned char bytes[RECORDING_MAX];
	struct procmon *pm;

	len = len < sizeof(bytes) ? len : sizeof(bytes);
	memcpy(bytes, data, len);
	recording_mend(bytes, len);
	if (ftruncate(recording_fd, (off_t)len) ||
	    pwrite(recording_fd, bytes, len, 0) != (ssize_t)len)
		abort();
	if (procmon_open_recording(&pm, recording_path))
		return;
	events_show(pm);
	procmon_close(pm);
}

static size_t recording_block(unsigned char *to, unsigned int kind, size_t number_len,
			      size_t text_len, size_t len, uint32_t events)
{
	struct block_head head = { .kind = (uint8_t)kind,
				   .stored_len = (uint32_t)len,
				   .full_len = (uint32_t)len,
				   .number_len = (uint32_t)number_len,
				   .text_len = (uint32_t)text_len,
				   .events = events };

	head.sum = sum_add(SUM_START, to + sizeof(head), len);
	block_seal(&head);
	memcpy(to, &head, sizeof(head));
	return sizeof(head) + len;
}

static size_t recording_events(unsigned char *to, const char *fields)
{
	static uint8_t number[RECORDING_MAX], text[RECORDING_MAX];
	struct codec_at at = { .number = number, .text = text };
	struct procmon *pm = rings_attach(&fuzz_rings, PROCMON_HISTORY);
	struct codec *codec = codec_make(fields);
	struct procmon_event ev;
	size_t number_len, text_len;
	uint32_t events = 0;

	while (procmon_next(pm, &ev, 0) == 1) {
		codec_put(codec, &at, &ev);
		events++;
	}
	number_len = (size_t)(at.number - number);
	text_len = (size_t)(at.text - text);
	memcpy(to + sizeof(struct block_head), number, number_len);
	memcpy(to + sizeof(struct block_head) + number_len, text, text_len);
	codec_free(codec);
	procmon_close(pm);
	return recording_block(to, BLOCK_EVENTS, number_len, text_len, number_len + text_len,
			       events);
}

/* Of the block of events at @to: its first number of more than a byte, but for the last of them. */
static size_t recording_cut(unsigned char *to)
{
	struct block_head head;
	size_t len = 0;

	memcpy(&head, to, sizeof(head));
	while (len < head.number_len && !(to[sizeof(head) + len++] & 0x80))
		;
	return recording_block(to, BLOCK_EVENTS, len, 0, len, head.events);
}

/* Leaves some fields in a table, of each role one: a shorter input is tried sooner. */
static void recording_shorten(char *fields)
{
	static const char *const some[] = { "tgid", "time_ns",	       "seq", "tid",  "start_ns",
					    "ppid", "parent_start_ns", "exe", "args", "exit_code",
					    "count" };
	char *from = fields, *to = fields, name[32];

	while (*from) {
		size_t i, len = strcspn(from, "\n") + 1;
		bool keep = !strncmp(from, "type ", 5);

		if (sscanf(from, "%*s %31s", name) == 1)
			for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
				keep |= !strcmp(name, some[i]);
		if (keep) {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	*to = '\0';
}

static void recording_seed(void)
{
	static unsigned char bytes[3 * RECORDING_MAX];
	char *fields = table_of_fields();
	size_t table_len, len;

	recording_shorten(fields);
	fuzz_rings_put_story();
	len = (size_t)snprintf((char *)bytes + sizeof(struct block_head), RECORDING_MAX,
			       "procmon-recording %u\nabi 1.0\ninstance 7\n\n%s", BLOCK_VERSION,
			       fields);
	table_len = recording_block(bytes, BLOCK_TABLE, 0, 0, len, 0);
	len = table_len + recording_events(bytes + table_len, fields);
	fuzz_seed("table_and_events", bytes, len);
	fuzz_seed("events", bytes + len - recording_events(bytes + 2 * RECORDING_MAX, fields),
		  recording_events(bytes + 2 * RECORDING_MAX, fields));
	fuzz_seed("number_without_end", bytes, table_len + recording_cut(bytes + table_len));
	free(fields);
}

const struct target target_recording = { "recording", recording_begin, recording_fuzz,
					 recording_seed };
