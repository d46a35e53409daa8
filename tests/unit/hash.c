// SPDX-License-Identifier: MIT
/* --hash: the hash of the very file that ran, and of no other one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "command.h"
#include "draft.h"
#include "fake.h"
#include "hash.h"
#include "rings.h"
#include "sha256.h"
#include "tap.h"

#define NOBODY 4194304u /* a pid that no process can have */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct draft draft;
static struct rings rings;
static struct command command;
static char directory[64], file[96], other[96];
static uint64_t now_ns = 1;

static void put(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	if (!to || fputs(text, to) < 0 || fclose(to))
		bail("%s", path);
}

/* An exec of @path by @pid, which is the file @of. */
static void exec(uint32_t pid, const char *path, const char *of)
{
	struct stat is;

	if (stat(of, &is))
		bail("%s", of);
	draft_start(&draft, PROCMON_EXEC);
	draft_process(&draft, pid, 1);
	draft.head.time_ns = now_ns++;
	draft_text(&draft, "exe", path);
	draft_number(&draft, "ino", is.st_ino);
	draft_number(&draft, "dev_major", major(is.st_dev));
	draft_number(&draft, "dev_minor", minor(is.st_dev));
}

static bool is(const char *wanted)
{
	struct procmon_event ev = draft_event(&draft);
	const char *got = hash_of(&ev);
	bool good = wanted ? got && !strcmp(got, wanted) : !got;

	if (!good)
		diag("wanted %s, got %s", wanted ? wanted : "nothing", got ? got : "nothing");
	return good;
}

static void digits(const uint8_t digest[SHA256_LEN], char text[2 * SHA256_LEN + 1])
{
	int i;

	for (i = 0; i < SHA256_LEN; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
}

/* In parts of every length it is what it is as a whole. */
static void parts(void)
{
	uint8_t message[300], whole[SHA256_LEN], part[SHA256_LEN];
	struct sha256 some;
	size_t len, at, bad = 0;

	for (len = 0; len < sizeof(message); len++)
		message[len] = (uint8_t)(7 * len);
	for (len = 1; len < sizeof(message); len++) {
		size_t step = 1 + len % 97;

		sha256(message, len, whole);
		sha256_begin(&some);
		for (at = 0; at < len; at += step)
			sha256_add(&some, message + at, len - at < step ? len - at : step);
		sha256_end(&some, part);
		bad += memcmp(whole, part, sizeof(part)) != 0;
	}
	ok(!bad, "a_message_may_come_in_parts");
}

static void files(void)
{
	put(file, "abc");
	put(other, "abd");
	exec(NOBODY, file, file);
	ok(is(NULL), "nothing_is_read_when_nobody_asks");
	hash_start("");
	exec(NOBODY, file, file);
	ok(is(ABC), "a_file_is_found_by_its_path");
	exec((uint32_t)getpid(), file, file);
	ok(is(ABC), "also_in_the_root_directory_of_a_process");
	exec(NOBODY, file, other);
	ok(is(NULL), "another_file_of_that_path_is_not_read");
	exec(NOBODY, "/none", file);
	ok(is(NULL), "one_that_is_gone_has_no_hash");
	exec(NOBODY, "relative", file);
	ok(is(NULL), "nor_has_one_without_a_path");
	put(file, "abcd");
	exec(NOBODY, file, file);
	ok(is("88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589"),
	   "one_that_has_changed_is_read_again");
	draft_start(&draft, PROCMON_EXEC);
	draft_text(&draft, "exe", file);
	ok(is(NULL), "without_an_inode_nothing_is_read");
	draft_start(&draft, PROCMON_EXIT);
	ok(is(NULL), "an_exit_has_none");
}

static void others(void)
{
	char fifo[128];
	int fd;

	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	if (mkfifo(fifo, 0600))
		bail("mkfifo");
	exec(NOBODY, fifo, fifo);
	ok(is(NULL), "a_fifo_is_not_waited_for");
	unlink(fifo);
	exec(NOBODY, "/dev/zero", "/dev/zero");
	ok(is(NULL), "a_device_is_not_read");
	fd = open(other, O_WRONLY);
	if (fd < 0 || ftruncate(fd, HASH_MAX + 1))
		bail("%s", other);
	exec(NOBODY, other, other);
	ok(is(NULL), "nor_is_a_file_that_is_too_large");
	if (ftruncate(fd, 0))
		bail("%s", other);
	close(fd);
	exec(NOBODY, other, other);
	ok(is("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
	   "an_empty_one_is");
}

/* This program itself, by what it runs; and what is remembered: no file that is younger than two seconds. */
static void own(void)
{
	uint8_t digest[SHA256_LEN];
	char wanted[2 * SHA256_LEN + 1], *bytes;
	unsigned long read_before;
	unsigned int i, told = 0;
	struct stat self;
	FILE *from = fopen("/proc/self/exe", "r");
	struct timespec old[2] = { { 1, 0 }, { 1, 0 } };

	if (!from || fstat(fileno(from), &self))
		bail("/proc/self/exe");
	bytes = malloc((size_t)self.st_size);
	if (fread(bytes, 1, (size_t)self.st_size, from) != (size_t)self.st_size)
		bail("/proc/self/exe");
	fclose(from);
	sha256(bytes, (size_t)self.st_size, digest);
	digits(digest, wanted);
	free(bytes);
	exec((uint32_t)getpid(), "/gone (moved)", "/proc/self/exe");
	ok(is(wanted), "a_process_that_runs_is_asked_for_its_file");
	read_before = hash_files_read;
	for (i = 0; i < 3; i++) {
		struct procmon_event ev;

		exec(NOBODY, "/usr/bin/env", "/usr/bin/env");
		ev = draft_event(&draft);
		told += hash_of(&ev) != NULL;
	}
	ok(told == 3 && hash_files_read == read_before + 1, "a_file_is_read_once");
	put(file, "abc");
	utimensat(AT_FDCWD, file, old, 0);
	exec(NOBODY, file, file);
	is(ABC);
	read_before = hash_files_read;
	exec(NOBODY, file, file);
	ok(is(ABC) && hash_files_read == read_before + 1,
	   "but_again_while_it_could_change_without_a_trace");
	read_before = hash_files_read;
	ok(is(ABC) && hash_files_read == read_before, "though_not_for_the_same_event");
}

static bool conforms(const char *format)
{
	char shell[512], plain[128];
	FILE *to;
	bool good;

	snprintf(plain, sizeof(plain), "%s/plain", directory);
	snprintf(shell, sizeof(shell),
		 "python3 '%s/check_schema.py' '%s/schema/%s.json' %s >/dev/null", UNIT_DIR,
		 UNIT_DIR, format, plain);
	to = popen(shell, "w");
	good = to && fwrite(command.out, 1, command.out_len, to) == command.out_len && !pclose(to);
	if (!good)
		diag("%s", command.out);
	return good && strstr(command.out, ABC);
}

static void commands(void)
{
	char device[128], plain[128];

	put(file, "abc");
	rings_in_file(&rings, 1, 64);
	exec(NOBODY, file, file);
	rings_put(&rings, 0, &draft, FAKE_BOOT_NS - 1000);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	snprintf(plain, sizeof(plain), "%s/plain", directory);
	COMMAND(&command, device, "--history", "-n1", "-ojson");
	ok(!strstr(command.out, "sha256"), "no_hash_is_told_unless_asked_for");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "-ojson", "--hash");
	ok(strstr(command.out, ",\"hash\":{\"sha256\":\"" ABC "\"}"), "json_tells_it");
	put(plain, command.out);
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "-oecs", "--hash");
	ok(conforms("ecs"), "ecs_has_its_place");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "-oocsf", "--hash");
	ok(conforms("ocsf"), "ocsf_too");
	command_free(&command);
	COMMAND(&command, device, "--history", "--for=10ms", "-ojson", "--hash",
		"--output-fields=hash.sha256,exe", "-Q", "hash.sha256 = " ABC,
		"--redact=/procmon-[^/]*");
	ok(strstr(command.out, "\"exe\":\"/tmp[redacted]/file\",\"hash\":{\"sha256\":\"" ABC),
	   "it_can_be_asked_for_and_the_path_be_redacted");
	command_free(&command);
	COMMAND(&command, device, "--history", "-n1", "-ojson", "--hash",
		"--redact=/procmon-[^/]*");
	ok(strstr(command.out, "\"sha256\":\"" ABC) && strstr(command.out, "/tmp[redacted]/file"),
	   "it_is_had_before_the_path_is_redacted");
	command_free(&command);
	COMMAND(&command, "tree", "--hash", file);
	ok(command_said(&command, 2, "--hash: a recording does not hold the files that ran"),
	   "recordings_have_none");
	command_free(&command);
	rings_free(&rings);
	unlink(plain);
}

int main(void)
{
	tap_theme("hash");
	strcpy(directory, "/tmp/procmon-hash-XXXXXX");
	if (!mkdtemp(directory))
		bail("%s", directory);
	snprintf(file, sizeof(file), "%s/file", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	parts();
	commands(); /* first: they inherit what this program has started */
	files();
	others();
	own();
	unlink(file);
	unlink(other);
	rmdir(directory);
	return tap_done();
}
