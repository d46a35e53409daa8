// SPDX-License-Identifier: MIT
/*
 * What reads what others wrote, under libFuzzer.  $FUZZ_TARGET chooses, $FUZZ_DIR is for files.  With
 * $FUZZ_SEEDS the seeds of that target are written into this directory, and that is all.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fuzz.h"
#include "tap.h"
#include "text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);
_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);

/* The slowest first: what is run at the same time ends at the same time. */
static const struct target *const targets[] = {
	&target_recording,   &target_ring, &target_doctor,  &target_dump,
	&target_live,	     &target_info, &target_cursor,  &target_query,
	&target_cursor_file, &target_text, &target_options, &target_index,
};

static const struct target *target;
static jmp_buf gone; /* where exit() leads */
static bool may_exit;
void (*fuzz_looks)(void);
unsigned int fuzz_turn;

_Noreturn void __wrap_exit(int status)
{
	if (may_exit)
		longjmp(gone, 1);
	__real_exit(status);
}

bool fuzz_ends(void (*call)(void *data), void *data)
{
	may_exit = true;
	if (setjmp(gone)) {
		may_exit = false;
		return false;
	}
	call(data);
	may_exit = false;
	return true;
}

void fuzz_look(void)
{
	if (fuzz_looks)
		fuzz_looks();
}

void fuzz_take(const unsigned char **data, size_t *left, void *to, size_t len)
{
	size_t n = *left < len ? *left : len;

	memset(to, 0, len);
	memcpy(to, *data, n);
	*data += n;
	*left -= n;
}

static const char *in_directory(const char *variable, const char *name)
{
	static char path[512];
	const char *directory = getenv(variable);

	snprintf(path, sizeof(path), "%s/%s", directory ? directory : "/tmp", name);
	return path;
}

const char *fuzz_path(const char *name)
{
	return in_directory("FUZZ_DIR", name);
}

void fuzz_seed(const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(in_directory("FUZZ_SEEDS", name), "w");

	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		bail("%s", name);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET");
	size_t i;

	(void)argc;
	(void)argv;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (name && !strcmp(name, "list"))
			puts(targets[i]->name);
		else if (name && !strcmp(targets[i]->name, name))
			target = targets[i];
	}
	if (name && !strcmp(name, "list"))
		__real_exit(0);
	if (!target)
		bail("no such target: FUZZ_TARGET=list tells which there are");
	setenv("FAKE_SPEED", "0", 1); /* time passes when we say so */
	text_init();
	if (!text_unicode())
		bail("this needs LC_ALL=C.UTF-8");
	clock_fix_offset(0);
	if (target->begin)
		target->begin();
	if (getenv("FUZZ_SEEDS")) {
		target->seed();
		_exit(0);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	fuzz_turn = (unsigned int)len + (len ? data[len / 2] + data[len - 1] : 0u);
	target->fuzz(data, len);
	return 0;
}
