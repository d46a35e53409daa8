// SPDX-License-Identifier: MIT
#include "tape.h"

#include <procmon.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#define TAPE_BYTES ((size_t)1 << 20)

struct tape tape;

void tape_begin(unsigned int nr, uint64_t nrec)
{
	rings_in_file(&tape.rings, nr, nrec);
	snprintf(tape.device, sizeof(tape.device), "--device=%s", tape.rings.path);
	unlink(tape.file);
}

void tape_put(uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		rings_put_small(&tape.rings, from % tape.rings.nr, PROCMON_FORK, from,
				TAPE_PAST + from);
}

void tape_record(void)
{
	COMMAND(&tape.command, "record", tape.device, "-q", "--history", "--for=10ms", tape.file);
	if (tape.command.status)
		diag("record: %d %s", tape.command.status, tape.command.err);
}

void tape_begin_in_two_runs(unsigned int nr)
{
	tape_begin(nr, 256);
	tape_put(0, 10);
	tape_record();
	command_free(&tape.command);
	tape_put(10, 20);
	tape_record();
	command_free(&tape.command);
}

void tape_end(void)
{
	command_free(&tape.command);
	rings_free(&tape.rings);
	unlink(tape.file);
}

char *tape_bytes(const char *path, size_t *len)
{
	FILE *from = fopen(path, "r");
	char *bytes = malloc(TAPE_BYTES);

	*len = from ? fread(bytes, 1, TAPE_BYTES, from) : 0;
	if (from)
		fclose(from);
	return bytes;
}

void tape_put_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *to = fopen(path, "w");

	if (!to || fwrite(bytes, 1, len, to) != len || fclose(to))
		bail("%s", path);
}

int tape_pids(const char *text, unsigned int from)
{
	while (*text) {
		char line[64];
		size_t len = (size_t)snprintf(line, sizeof(line), "{\"pid\":%u}\n", from);

		if (strncmp(text, line, len)) {
			diag("wanted %s, got %.60s", line, text);
			return -1;
		}
		text += len;
		from++;
	}
	return (int)from;
}
